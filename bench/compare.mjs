// The guard against getting slower: the quick run's ratios against those of bench/baseline.json. Ratios, not seconds, so that the
// machine hardly matters; wall times and what is not a ratio are left out.
//   npm run bench:compare                exits 1 and names the lines that got worse by more than the baseline's factor
//   npm run bench:compare -- --update    writes the baseline anew
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { digits } from "./measure.mjs";
import { print, runSections } from "./run.mjs";

const file = new URL("baseline.json", import.meta.url);
const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
const baseline = JSON.parse(readFileSync(file, "utf8"));

const ratios = {};
await runSections({ quick: true }, (line) => {
  print(line);
  if (line.skipped === undefined && !line.isWall && line.isRatio !== false) ratios[line.name] = line;
});

if (values.update) {
  const lines = Object.entries(ratios).map(([name, { ratio, better }]) => {
    return [name, { ratio: Number(ratio.toPrecision(3)), better }];
  });
  writeFileSync(file, `${JSON.stringify({ ...baseline, lines: Object.fromEntries(lines) }, null, 2)}\n`);
  console.log("wrote bench/baseline.json");
} else {
  const worse = [];
  for (const [name, { ratio: before, better }] of Object.entries(baseline.lines)) {
    // A section may be skipped here: no compiler, no QuantLib.
    if (ratios[name] === undefined) continue;
    const now = ratios[name].ratio;
    const factor = better === "lower" ? now / before : before / now;
    if (factor > baseline.factor)
      worse.push(`${name}: ${digits(before)} before, ${digits(now)} now, ${better} is better`);
  }
  for (const line of worse) console.error(`worse by more than ${baseline.factor}: ${line}`);
  if (worse.length > 0) process.exit(1);
  console.log(`no ratio is worse than ${baseline.factor} times the baseline's`);
}
