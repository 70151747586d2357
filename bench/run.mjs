// The bench: every line is a ratio within this run, with its definition. Run after `npm run build`.
//   npm run bench                     the full run, about nine minutes; writes bench/results.md, which the README quotes
//   npm run bench -- --quick          below a minute, fewer paths and rounds; prints only
//   npm run bench -- --only limit     one section
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { digits, processor } from "./measure.mjs";
import { quoting } from "./quote.mjs";

const SECTIONS = ["limit", "quantlib", "numpy", "growth", "command", "profile"];

/** Runs the sections one after the other; each line is handed over as it comes. */
export async function runSections({ only = SECTIONS, quick }, onLine) {
  const sections = [];
  for (const name of only) {
    const { title, lines } = await import(`./section-${name}.mjs`);
    const seen = [];
    for await (const line of lines({ quick })) {
      seen.push(line);
      onLine({ section: name, ...line });
    }
    sections.push({ title, lines: seen });
  }
  return sections;
}

export function print({ section, skipped, name, ratio, target, better, detail }) {
  if (skipped !== undefined) return console.log(`${section}: skipped, ${skipped}`);
  console.log(
    `${name.padEnd(48)} ${digits(ratio).padStart(10)}  ${verdict(ratio, target, better)}  ${detail}`,
  );
}

function verdict(ratio, target, better) {
  if (target === undefined) return "".padEnd(16);
  const isMet = better === "lower" ? ratio <= target : ratio >= target;
  return `${isMet ? "met" : "not"} ${better === "lower" ? "<=" : ">="} ${digits(target)}`.padEnd(16);
}

function markdown(sections) {
  const date = new Date().toISOString().slice(0, 10);
  const parts = [
    "# Bench",
    `${processor()}, ${availableParallelism()} cores, Node ${process.version}, ${date}. Written by \`npm run bench\`.`,
    "Every figure is a ratio within one run unless its name ends in a unit. What is compared runs in turn, and medians are taken, because other work shares the machine. CPU time counts all threads of a process. A target of issue 6 stands beside the figure, whether or not it is met.",
  ];
  for (const { title, lines } of sections) {
    parts.push(`## ${title}`);
    const skipped = lines.filter((line) => line.skipped !== undefined);
    parts.push(...skipped.map((line) => `Skipped: ${line.skipped}.`));
    const rows = lines.filter((line) => line.skipped === undefined);
    if (rows.length === 0) continue;
    // Lines that follow each other share their definition.
    const definitions = [...new Set(rows.map(({ definition }) => definition))];
    parts.push(
      [
        "| | ratio | target | measured | defined as |",
        "| --- | ---: | ---: | --- | --- |",
        ...rows.map(({ name, ratio, target, better, detail, definition }) => {
          const aim = target === undefined ? "" : `${better === "lower" ? "≤" : "≥"} ${digits(target)}`;
          return `| ${name} | ${digits(ratio)} | ${aim} | ${detail} | ${definitions.indexOf(definition) + 1} |`;
        }),
      ].join("\n"),
      definitions.map((definition, i) => `${i + 1}. ${definition}`).join("\n"),
    );
  }
  return `${parts.join("\n\n")}\n`;
}

/** What the command line asks for; what it must not ask for is told, and ends the program. */
function asked() {
  try {
    const { values } = parseArgs({
      options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
    });
    if (values.only !== undefined && !SECTIONS.includes(values.only))
      throw new Error(`--only must be one of ${SECTIONS.join(", ")}, got ${values.only}`);
    return values;
  } catch (error) {
    console.error(`${error.message}\nusage: node bench/run.mjs [--quick] [--only ${SECTIONS.join("|")}]`);
    process.exit(2);
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const values = asked();
  const only = values.only === undefined ? SECTIONS : [values.only];
  const sections = await runSections({ only, quick: values.quick }, print);
  if (!values.quick && values.only === undefined) {
    const results = markdown(sections);
    writeFileSync(new URL("results.md", import.meta.url), results);
    const readme = new URL("../README.md", import.meta.url);
    writeFileSync(readme, quoting(readFileSync(readme, "utf8"), results));
    console.log("wrote bench/results.md, and what README.md quotes of it");
  }
}
