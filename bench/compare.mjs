// The guard against getting slower: the quick run's ratios against those of bench/baseline.json. Ratios, not seconds, so that the
// machine hardly matters; but what a processor's wide vectors are worth to the C program does, so that each make has ratios of its own.
// On another make a line is worse when it is on all. Wall times and what is not a ratio are left out. A line counts as worse when it
// stays worse by more than the baseline's factor however often, up to RUNS times, its section runs: other work on the machine spoils
// one run, a slower program all.
//   npm run bench:compare                exits 1 and names the lines that got worse
//   npm run bench:compare -- --update    writes the baseline anew, from the medians of RUNS runs
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { digits, median, processor } from "./measure.mjs";
import { print, runSections } from "./run.mjs";

const RUNS = 3;
const GUARDED = ["limit", "quantlib", "numpy", "growth", "command"];

const file = new URL("baseline.json", import.meta.url);
const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
const baseline = JSON.parse(readFileSync(file, "utf8"));
const make = processor();
const known =
  baseline.machines[make] === undefined ? Object.values(baseline.machines) : [baseline.machines[make]];

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
  const machines = { ...baseline.machines, [make]: Object.fromEntries(lines) };
  writeFileSync(file, `${JSON.stringify({ ...baseline, machines }, null, 2)}\n`);
  console.log(`wrote bench/baseline.json for ${make}`);
}

/** The ratio of a line that it is held to: the most forgiving of those known. */
function before({ name, better }) {
  const ratios = known.flatMap((lines) => (lines[name] === undefined ? [] : [lines[name].ratio]));
  return better === "lower" ? Math.max(...ratios) : Math.min(...ratios);
}

/** Lines of `measured` that are worse than the baseline by more than its factor; one that the baseline does not have never is. */
function worseThanBaseline(measured) {
  return [...measured.values()].filter((line) => {
    const { ratio, better } = line;
    return (better === "lower" ? ratio / before(line) : before(line) / ratio) > baseline.factor;
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
  for (const line of worse) {
    const { name, ratio, better } = line;
    console.error(
      `worse by more than ${baseline.factor}: ${name}: ${digits(before(line))} before, ${digits(ratio)} now, ${better} is better`,
    );
  }
  if (worse.length > 0) process.exit(1);
  console.log(`no ratio is worse than ${baseline.factor} times the baseline's`);
}

await (values.update ? update() : compare());
