import type { RunSummary, Total } from "../analysis/result.js";
import type { Ladder, LadderRow } from "../executors/extra-runs.js";
import { describeFailure } from "../numerics/failure.js";
import { bookName, type Drawings, drawingsOf, ofDrawnBooks } from "./drawings.js";
import type { Highlights } from "./highlights.js";
import type { Manifest } from "./manifest.js";
import { markdownText, markdownTable as table } from "./markdown-table.js";
import { withError } from "./with-error.js";

/** What each scheme leaves approximate, by the name that results carry. */
const SCHEMES: Readonly<Record<string, string>> = {
  exact: "the law of the prices is simulated exactly",
  "exact-bridge":
    "the variance is simulated exactly; its integral over a step has the exact conditional mean and variance, and an inverse-Gaussian shape in place of the exact one",
};

/** report.md: readable as it stands and rendered. */
export function markdownReport(run: {
  readonly summary: RunSummary;
  readonly highlights: Highlights;
  readonly manifest: Manifest;
  readonly ladder?: Ladder;
}): string {
  const { summary, highlights, manifest, ladder } = run;
  const [byTotals, bySpot, byPaths] = drawingsOf(run);
  const sections = [
    "# Greeks",
    overview(summary, highlights, manifest),
    "## Totals",
    totals(summary.totals, images(byTotals!)),
    ...(ladder === undefined
      ? []
      : [
          ...["## Against the spot", rungs(ladder, images(bySpot!))],
          ...["## Against the paths", passes(ladder, images(byPaths!))],
        ]),
    "## Largest positions",
    largest(highlights),
    "## How the numbers were made",
    methods(summary, highlights),
    ...(highlights.flaggedCount > 0 ? ["## Flags", flags(highlights)] : []),
    ...(highlights.failureCount > 0 ? ["## Rejected and failed", failures(highlights)] : []),
    "## To reproduce",
    reproduce(manifest, summary),
  ];
  return `${sections.join("\n\n")}\n`;
}

function overview(summary: RunSummary, highlights: Highlights, manifest: Manifest): string {
  const lines = [
    `${summary.valuedTrades} trades valued, ${summary.failedTrades} rejected or failed; ${highlights.estimateCount} Greeks, ${highlights.flaggedCount} of them flagged.`,
    `${summary.paths} paths per schedule in ${summary.batches} batches, ${summary.sampler} sampler, seed ${markdownText(summary.seed)}, ${manifest.seconds.toFixed(1)} seconds.`,
    "Every value is followed by its standard error (±); 95 % of intervals of about two standard errors contain the truth.",
  ];
  if (summary.interrupted) lines.unshift("**Interrupted: what follows is what was finished.**");
  return lines.join("\n");
}

/** The images beside the report. */
function images({ books, more }: Drawings): string {
  const each = books.map(({ title, file }) => `![${markdownText(title)}](${file})`);
  return [...each, ...(more === "" ? [] : [more])].join("\n\n");
}

function totals(all: readonly Total[], images: string): string {
  if (all.length === 0) return "None.";
  const order = (total: Total) => (total.book === "*" ? 0 : 2) + (total.underlying === "*" ? 0 : 1);
  const rows = [...all].sort((a, b) => order(a) - order(b));
  const text = table(
    ["Book", "Underlying", "Greek", "Value ± std. error", "Unit", "Trades"],
    rows.map((total) => [
      bookName(total.book),
      total.underlying === "*" ? "(all)" : total.underlying,
      total.greek,
      withError(Number(total.value), total.standardError),
      total.unit,
      String(total.trades),
    ]),
    [3, 5],
  );
  return `Errors include the covariance of trades that share paths.\n\n${images}\n\n${text}`;
}

/** Where the numbers of a ladder come from, in words. */
export function ladderNote({ rows, paths }: Ladder): string {
  const count = new Set(rows.map(({ spot, underlying }) => `${underlying} ${spot}`)).size;
  const runs = count / Math.max(1, new Set(rows.map(({ underlying }) => underlying)).size);
  return `The book at other spots, from ${runs} extra runs of ${paths} paths with the same random numbers.`;
}

function rungs(ladder: Ladder, images: string): string {
  const spots = ladder.rows.map((row) => ({ ...row, at: row.spot }));
  return `${ladderNote(ladder)}\n\n${images}\n\n${curves("Spot", spots)}`;
}

/** What the figures against the paths are, in words. */
export const PASSES_NOTE = "The book from ever more paths, in runs of their own.";

function passes(ladder: Ladder, images: string): string {
  const paths = ladder.passes.map((row) => ({ ...row, at: row.paths }));
  return `${PASSES_NOTE}\n\n${images}\n\n${curves("Paths", paths)}`;
}

/** What the images show, as a table. */
function curves(axis: string, marks: readonly (Omit<LadderRow, "spot"> & { readonly at: number })[]): string {
  const order = (a: string, b: string) => a.localeCompare(b, "en");
  const rows = [...ofDrawnBooks(marks)]
    .sort(
      (a, b) =>
        Number(b.book === "*") - Number(a.book === "*") ||
        order(a.book, b.book) ||
        order(a.underlying, b.underlying) ||
        order(a.greek, b.greek) ||
        a.at - b.at,
    )
    .map(({ book, underlying, greek, at, value, standardError, unit }) => [
      ...[bookName(book), underlying, greek, String(Number(at.toPrecision(8)))],
      ...[withError(value, standardError), unit],
    ]);
  return table(["Book", "Underlying", "Greek", axis, "Value ± std. error", "Unit"], rows, [3, 4]);
}

function largest({ largest }: Highlights): string {
  const rows = [...largest].flatMap(([greek, exposures]) =>
    exposures.map(({ tradeId, underlying, product, estimate }) => [
      greek,
      tradeId,
      underlying,
      product,
      withError(Number(estimate.positionValue), estimate.positionStandardError),
      estimate.unit,
    ]),
  );
  return rows.length === 0
    ? "None."
    : table(["Greek", "Trade", "Underlying", "Product", "Position ± std. error", "Unit"], rows, [4]);
}

/** A factor to two digits. */
export function times(factor: number): string {
  return String(Number(factor.toPrecision(2)));
}

function methods(summary: RunSummary, highlights: Highlights): string {
  const lines = [
    "Likelihood ratio: payoff times the derivative of the log-density of the prices it looks at. It is unbiased for payoffs that jump, since the payoff is never differentiated; weights and discounted prices of known mean serve as control variates, with coefficients from a pilot run that is discarded.",
    "",
    ...[...highlights.methods].map(([method, count]) => {
      const scheme = /, (.*) scheme$/.exec(method)?.[1] ?? "";
      return `- ${method}: ${count} Greeks${SCHEMES[scheme] === undefined ? "" : `; ${SCHEMES[scheme]}`}.`;
    }),
  ];
  for (const [estimator, { count, usual, largest }] of highlights.gains)
    lines.push(
      `- ${estimator} was chosen by a trial for ${count} Greeks: the likelihood ratio would need ${times(usual)} times the paths (geometric mean), ${times(largest)} at most.`,
    );
  if (summary.worstScore !== null) {
    const { z, column } = summary.worstScore;
    lines.push(
      `- Check: the means of all weights are known. The one farthest off is that of ${markdownText(column)}, by ${z.toFixed(1)} standard errors (5 raises a flag).`,
    );
  }
  for (const missing of summary.unavailable) lines.push(`- Not available: ${markdownText(missing)}.`);
  return lines.join("\n");
}

function flags({ flagged, flaggedCount }: Highlights): string {
  const rows = flagged.map(({ tradeId, estimate }) => [
    tradeId,
    estimate.greek,
    withError(estimate.value, estimate.standardError),
    estimate.note,
  ]);
  return (
    table(["Trade", "Greek", "Value ± std. error", "Why"], rows, [2]) + more(flaggedCount - flagged.length)
  );
}

function failures({ failures, failureCount }: Highlights): string {
  const rows = failures.map((failure) => [failure.tradeId ?? "", failure.reason, describeFailure(failure)]);
  return table(["Trade", "Reason", "Message"], rows, []) + more(failureCount - failures.length);
}

function more(count: number): string {
  return count > 0 ? `\n\nand ${count} more, in the CSV files.` : "";
}

function reproduce(manifest: Manifest, summary: RunSummary): string {
  const rows = manifest.inputs.map(({ file, sha256 }) => [file, sha256]);
  return [
    codeBlock(manifest.command),
    `grecian ${manifest.version}, ${manifest.runtime}, seed ${markdownText(summary.seed)}. The same inputs and options give the same bits on any machine.`,
    table(["Input", "SHA-256"], rows, []),
  ].join("\n\n");
}

/** A fence longer than any run of backticks inside it. */
function codeBlock(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}
