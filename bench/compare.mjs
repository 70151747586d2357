// The guard against getting slower: the quick run's ratios against those of bench/baseline.json. Ratios, not seconds, so that the
// machine hardly matters; wall times and what is not a ratio are left out. A line counts as worse when it stays worse by more than the
// baseline's factor however often, up to RUNS times, its section runs: other work on the machine spoils one run, a slower program all.
//   npm run bench:compare                exits 1 and names the lines that got worse
//   npm run bench:compare -- --update    writes the baseline anew, from the medians of RUNS runs
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { digits, median } from "./measure.mjs";
import { print, runSections } from "./run.mjs";

const RUNS = 3;
const GUARDED = ["limit", "quantlib", "numpy", "growth", "command"];

const file = new URL("baseline.json", import.meta.url);
const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
const baseline = JSON.parse(readFileSync(file, "utf8"));

/** The guarded lines of sections, by name. */
async function measure(only) {
  const lines = new Map();
  await runSections({ only, quick: true }, (line) => {
    print(line);
    if (line.skipped === undefined && !line.isWall && line.isRatio !== false) lines.set(line.name, line);
  });
  return lines;
}

async function update() {
  const runs = [];
  for (let i = 0; i < RUNS; i++) runs.push(await measure(GUARDED));
  const lines = [...runs[0]].map(([name, { better }]) => {
    const ratio = median(runs.map((run) => run.get(name).ratio));
    return [name, { ratio: Number(ratio.toPrecision(3)), better }];
  });
  writeFileSync(file, `${JSON.stringify({ ...baseline, lines: Object.fromEntries(lines) }, null, 2)}\n`);
  console.log("wrote bench/baseline.json");
}

/** Lines of `measured` that are worse than the baseline by more than its factor; a section that is skipped here has none. */
function worseThanBaseline(measured) {
  return [...measured.values()].filter(({ name, ratio, better }) => {
    const before = baseline.lines[name]?.ratio;
    if (before === undefined) return false;
    return (better === "lower" ? ratio / before : before / ratio) > baseline.factor;
  });
}

async function compare() {
  let worse = worseThanBaseline(await measure(GUARDED));
  for (let run = 1; run < RUNS && worse.length > 0; run++) {
    const sections = [...new Set(worse.map(({ section }) => section))];
    console.log(`again, because lines are worse: ${sections.join(", ")}`);
    const again = new Set(worseThanBaseline(await measure(sections)).map(({ name }) => name));
    worse = worse.filter(({ name }) => again.has(name));
  }
  for (const { name, ratio, better } of worse) {
    const before = digits(baseline.lines[name].ratio);
    console.error(
      `worse by more than ${baseline.factor}: ${name}: ${before} before, ${digits(ratio)} now, ${better} is better`,
    );
  }
  if (worse.length > 0) process.exit(1);
  console.log(`no ratio is worse than ${baseline.factor} times the baseline's`);
}

await (values.update ? update() : compare());
