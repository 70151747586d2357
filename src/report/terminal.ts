import type { RunSummary } from "../analysis/result.js";
import type { Highlights } from "./highlights.js";
import { alignedRows } from "./text-table.js";
import { withError } from "./with-error.js";

/** The run in a screenful: what was valued, and the totals per underlying. */
export function terminalSummary({
  summary,
  highlights,
}: {
  summary: RunSummary;
  highlights: Highlights;
}): string {
  const counts = [
    `${summary.valuedTrades} trades valued`,
    `${summary.failedTrades} rejected or failed`,
    `${highlights.estimateCount} Greeks, ${highlights.flaggedCount} flagged`,
  ].join(", ");
  const lines = [
    `${counts}; ${summary.paths} paths in ${summary.batches} batches, ${summary.sampler}, seed ${summary.seed}`,
  ];
  if (summary.interrupted) lines.unshift("Interrupted: this is what was finished.");
  const whole = summary.totals.filter(({ book }) => book === "*");
  if (whole.length > 0) {
    const rows = [
      ["underlying", "greek", "total ± std. error", "unit", "trades"],
      ...whole.map((total) => [
        total.underlying === "*" ? "(all)" : total.underlying,
        total.greek,
        withError(Number(total.value), total.standardError),
        total.unit,
        String(total.trades),
      ]),
    ];
    const aligned = alignedRows(rows, (column) => column === 2 || column === 4);
    lines.push("", ...aligned.map((row) => row.join("  ").trimEnd()));
  }
  return `${lines.join("\n")}\n`;
}
