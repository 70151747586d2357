import type { GreekEstimate, RunSummary, Total, TradeResult } from "../analysis/result.js";
import type { Ladder } from "../executors/extra-runs.js";
import { describeFailure } from "../numerics/failure.js";
import { CHART_STYLE, figures } from "./chart.js";
import { bookName, type Drawings, drawingsOf } from "./drawings.js";
import type { Highlights } from "./highlights.js";
import { escaped } from "./html-text.js";
import type { Manifest } from "./manifest.js";
import { ladderNote, PASSES_NOTE, times } from "./markdown.js";
import { withError } from "./with-error.js";

/** report.html, one file that needs nothing else: its head, then a line per Greek as they come, then the rest. */
export const htmlReport = {
  head: (): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Greeks</title>
<style>${STYLE}</style>
</head>
<body>
<script type="application/json" id="rows">[
`,
  /** The result's row of the table: as JSON that cannot end the script it stands in. */
  row: (result: TradeResult, estimate: GreekEstimate, isFirst: boolean): string =>
    `${isFirst ? "" : ",\n"}${JSON.stringify(rowOf(result, estimate)).replaceAll("<", "\\u003c")}`,
  tail: (run: {
    readonly summary: RunSummary;
    readonly highlights: Highlights;
    readonly manifest: Manifest;
    readonly ladder?: Ladder;
  }): string => `
]</script>
${body(run)}
<script>${SCRIPT}</script>
</body>
</html>
`,
};

const COLUMNS = [
  "Trade",
  "Book",
  "Underlying",
  "Product",
  "Greek",
  "Value",
  "Error",
  "Unit",
  "Position",
  "Estimator",
  "Status",
];

function rowOf({ trade }: TradeResult, estimate: GreekEstimate) {
  return [
    ...[trade.id, trade.book, trade.underlying, trade.product, estimate.greek],
    ...[estimate.value, estimate.standardError, estimate.unit, Number(estimate.positionValue)],
    estimate.gain === null || !Number.isFinite(estimate.gain)
      ? estimate.estimator
      : `${estimate.estimator} (gain ${estimate.gain.toPrecision(2)})`,
    estimate.status === "ok" ? "ok" : `${estimate.status}: ${estimate.note}`,
  ];
}

function body({
  summary,
  highlights,
  manifest,
  ladder,
}: {
  readonly summary: RunSummary;
  readonly highlights: Highlights;
  readonly manifest: Manifest;
  readonly ladder?: Ladder;
}): string {
  const [totals, bySpot, byPaths] = drawingsOf({ summary, ...(ladder && { ladder }) }).map(drawn);
  return `<main>
<h1>Greeks</h1>
${summary.interrupted ? '<p class="warning">Interrupted: this is what was finished.</p>' : ""}
<p><strong>${summary.valuedTrades}</strong> trades valued, <strong>${summary.failedTrades}</strong> rejected or failed;
<strong>${highlights.estimateCount}</strong> Greeks, <strong>${highlights.flaggedCount}</strong> of them flagged.
Every value is followed by its standard error (±); intervals of about two of them contain the truth 95 times in a hundred.</p>
${counted("Products", highlights.products)}${counted("Underlyings", highlights.underlyings)}
<section><h2>Totals</h2>${totals}${totalsTable(summary.totals)}</section>
${
  ladder === undefined
    ? "<section><h2>Against the spot and the paths</h2><p>Not drawn in this run. <code>greeks --ladder</code> draws the book against both, from extra runs.</p></section>"
    : `<section><h2>Against the spot</h2><p>${ladderNote(ladder)}</p>${bySpot}</section>
<section><h2>Against the paths</h2><p>${PASSES_NOTE}</p>${byPaths}</section>`
}
${listed(
  "Flags",
  highlights.flaggedCount,
  highlights.flagged.map(({ tradeId, estimate }) => `${tradeId}, ${estimate.greek}: ${estimate.note}`),
)}
${listed("Rejected and failed", highlights.failureCount, highlights.failures.map(describeFailure))}
<section><h2>Every Greek</h2>
<p><label>Show rows with <input id="filter" type="search" placeholder="a trade, an underlying, delta …"></label> <span id="count" role="status"></span></p>
<div class="wide"><table id="table"><thead><tr>${COLUMNS.map((name, c) => `<th scope="col" aria-sort="none"><button type="button" data-column="${c}">${name}</button></th>`).join("")}</tr></thead><tbody></tbody></table></div>
<p class="pages"><button type="button" id="back">Back</button> <span id="page"></span> <button type="button" id="forth">Forth</button></p></section>
<section><h2>How the numbers were made</h2><ul>${[...highlights.methods].map(([name, count]) => `<li>${escaped(name)}: ${count} Greeks</li>`).join("")}${[...highlights.gains].map(([estimator, { count, usual, largest }]) => `<li>${escaped(estimator)}, chosen by a trial for ${count} Greeks: the likelihood ratio would need ${times(usual)} times the paths (geometric mean), ${times(largest)} at most</li>`).join("")}${summary.unavailable.map((name) => `<li>not available: ${escaped(name)}</li>`).join("")}</ul></section>
<section><h2>To reproduce</h2><pre>${escaped(manifest.command)}</pre>
<p>Version ${escaped(manifest.version)}, ${escaped(manifest.runtime)}, ${summary.paths} paths per schedule at least in ${summary.batches} batches, ${escaped(summary.sampler)} sampler, seed ${escaped(summary.seed)}.</p>
<ul>${manifest.inputs.map(({ file, sha256 }) => `<li>${escaped(file)}: SHA-256 <code>${sha256}</code></li>`).join("")}</ul></section>
</main>`;
}

/** "Products: vanilla 2, digital 5" */
function counted(title: string, counts: ReadonlyMap<string, number>): string {
  const parts = [...counts].sort(([a], [b]) => a.localeCompare(b, "en"));
  return parts.length === 0
    ? ""
    : `<p class="counts">${title}: ${parts.map(([name, count]) => `${escaped(name)} ${count}`).join(", ")}</p>`;
}

function totalsTable(totals: readonly Total[]): string {
  const rows = totals.map(
    (total) =>
      `<tr>${[bookName(total.book), total.underlying === "*" ? "(all)" : total.underlying, total.greek]
        .map((cell) => `<td>${escaped(cell)}</td>`)
        .join(
          "",
        )}<td class="number">${withError(Number(total.value), total.standardError)}</td><td>${escaped(total.unit)}</td><td class="number">${total.trades}</td></tr>`,
  );
  return `<details><summary>All totals, by book and underlying</summary><div class="wide"><table><thead><tr>${["Book", "Underlying", "Greek", "Value ± std. error", "Unit", "Trades"].map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div></details>`;
}

/** The whole book's charts, and those of each book to unfold. */
function drawn({ books, more }: Drawings): string {
  const each = books.map(({ book, charts }) =>
    book === "*"
      ? figures(charts)
      : `<details><summary>Book ${escaped(bookName(book))}</summary>${figures(charts)}</details>`,
  );
  return each.join("") + (more === "" ? "" : `<p>${more}</p>`);
}

function listed(title: string, count: number, items: readonly string[]): string {
  if (count === 0) return "";
  const more = count > items.length ? `<li>and ${count - items.length} more, see the CSV files</li>` : "";
  return `<section><h2>${title}</h2><ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("")}${more}</ul></section>`;
}

const STYLE = `${CHART_STYLE}body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
.warning { color: var(--warn); font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
.number { text-align: right; }
th button { all: unset; cursor: pointer; font-weight: 600; } th button:focus-visible { outline: 2px solid var(--mark); }
td.flagged { color: var(--warn); white-space: normal; min-width: 14rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { font-weight: 600; } details { margin: .75rem 0; } summary { cursor: pointer; }
pre { white-space: pre-wrap; } pre, code, li { overflow-wrap: anywhere; } input { font: inherit; min-width: 16rem; }
.counts { margin: .2rem 0; color: var(--soft); }
@media print { .pages, #filter { display: none; } main { max-width: none; padding: 0; } figure, tr { break-inside: avoid; } .wide { overflow: visible; } table { font-size: .68em; } th, td { padding: .1rem .25rem; } td:nth-child(8), td:nth-child(11) { white-space: normal; } }
`;

/** Sorting, filtering and pages of the large table; cells are set as text. */
const SCRIPT = `
const rows = JSON.parse(document.getElementById("rows").textContent);
const screenful = 50, printed = 2000;
let shown = rows, size = screenful, page = 0, sorted = -1, down = false;
const by = (id) => document.getElementById(id);
const number = (x, c) => typeof x === "number" ? Number(x.toPrecision(c === 6 ? 2 : 6)).toString() : x;
function draw() {
  const body = document.querySelector("#table tbody");
  body.replaceChildren(...shown.slice(page * size, page * size + size).map((row) => {
    const line = document.createElement("tr");
    row.forEach((cell, c) => {
      const data = document.createElement("td");
      data.textContent = number(cell, c);
      if (typeof cell === "number") data.className = "number";
      if (c === 10 && cell !== "ok") data.className = "flagged";
      line.append(data);
    });
    return line;
  }));
  const pages = Math.max(1, Math.ceil(shown.length / size));
  by("page").textContent = "page " + (page + 1) + " of " + pages;
  by("count").textContent = shown.length + " of " + rows.length + " rows";
  by("back").disabled = page === 0;
  by("forth").disabled = page + 1 >= pages;
}
by("back").onclick = () => { page--; draw(); };
by("forth").onclick = () => { page++; draw(); };
by("filter").oninput = () => {
  const words = by("filter").value.toLowerCase().split(/\\s+/).filter(Boolean);
  shown = rows.filter((row) => { const text = row.join(" ").toLowerCase(); return words.every((word) => text.includes(word)); });
  page = 0;
  draw();
};
for (const button of document.querySelectorAll("th button")) button.onclick = () => {
  const c = Number(button.dataset.column);
  down = sorted === c && !down;
  sorted = c;
  const order = (a, b) => typeof a[c] === "number" ? a[c] - b[c] : String(a[c]).localeCompare(String(b[c]));
  rows.sort((a, b) => down ? order(b, a) : order(a, b));
  for (const head of document.querySelectorAll("#table th")) head.setAttribute("aria-sort", "none");
  button.parentElement.setAttribute("aria-sort", down ? "descending" : "ascending");
  by("filter").oninput();
};
addEventListener("beforeprint", () => { size = printed; page = 0; draw(); });
addEventListener("afterprint", () => { size = screenful; draw(); });
draw();
`;
