// What the README quotes of bench/results.md.
const QUOTED = [
  ...["W1p", "W1s", "W2p", "W2s", "W3p", "W3s"],
  "heston digital delta, auto",
  "heston barrier gamma, auto",
  "heston, book of 1000 digitals",
  "W2p, numpy",
  "1,000 Heston trades",
  "15 Greeks",
  "2 threads",
  "comparison case, heston, its own 8 steps, s",
  "grecian greeks, small book",
  "peak memory",
];

/**
 * The README with what it quotes of the results, between two comments.
 * @param {string} readme
 * @param {string} results
 */
export function quoting(readme, results) {
  const begin = "<!-- of bench/results.md, by npm run bench -->\n";
  const end = "<!-- until here -->";
  const [before, rest] = halves(readme, begin);
  return `${before}${begin}${quoteOf(results)}\n${end}${halves(rest, end)[1]}`;
}

/**
 * @param {string} text
 * @param {string} mark
 */
function halves(text, mark) {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the README must have ${mark.trim()}`);
  return /** @type {const} */ ([text.slice(0, at), text.slice(at + mark.length)]);
}

/** @param {string} results */
function quoteOf(results) {
  const machine = results.split("\n").find((line) => line.includes(" cores, Node "));
  const lines = QUOTED.flatMap((name) => {
    for (const section of results.split("\n## ").slice(1)) {
      const row = section.split("\n").find((line) => line.startsWith(`| ${name} |`));
      if (row === undefined) continue;
      const [, , ratio, , measured, number] = row.split("|").map((cell) => cell.trim());
      const definition = section.split("\n").find((line) => line.startsWith(`${number}. `));
      return [`| ${name} | ${ratio} | ${measured} | ${definition?.slice(`${number}. `.length)} |`];
    }
    // A section that was skipped has none.
    return [];
  });
  const table = ["| | ratio | measured | what is compared |", "| --- | ---: | --- | --- |", ...lines];
  return `${machine?.replace(" Written by `npm run bench`.", "")}\n\n${table.join("\n")}\n`;
}
