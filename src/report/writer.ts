import type { RunSummary, TradeResult } from "../analysis/result.js";
import type { Ladder } from "../executors/extra-runs.js";
import type { Failure } from "../numerics/failure.js";
import { image } from "./chart.js";
import { csvHeader, csvRow } from "./csv.js";
import { drawingsOf } from "./drawings.js";
import type { Highlights } from "./highlights.js";
import { htmlReport } from "./html.js";
import { jsonDocument, summaryJson } from "./json.js";
import { type Manifest, manifestJson } from "./manifest.js";
import { markdownReport } from "./markdown.js";
import type { Column } from "./table.js";
import { errorsColumns, type GreekRow, greeksColumns, totalsColumns } from "./tables.js";

export type Format = "csv" | "markdown" | "html" | "json";

export interface FinishedRun {
  readonly summary: RunSummary;
  readonly highlights: Highlights;
  readonly manifest: Manifest;
  /** The book against the spot, where that was asked for. */
  readonly ladder?: Ladder;
}

/** Takes results as they come and writes them as text. */
export interface Writer {
  /** The files there are, at the end with the images that belong to them. */
  readonly names: readonly string[];
  trade(result: TradeResult): void;
  failure(failure: Failure): void;
  finish(run: FinishedRun): void;
}

/** The files of a run, piece by piece, wherever `write` puts them. */
export function openWriter(
  formats: readonly Format[],
  seed: string,
  writePiece: (name: string, text: string) => void,
): Writer {
  const csv = formats.includes("csv");
  const names = [
    ...(csv ? ["greeks.csv", "totals.csv"] : []),
    "errors.csv",
    ...(formats.includes("markdown") ? ["report.md"] : []),
    ...(formats.includes("html") ? ["report.html"] : []),
    ...(formats.includes("json") ? ["results.json"] : []),
    "run.json",
  ];
  const write = (name: string, text: string) => {
    if (names.includes(name)) writePiece(name, text);
  };

  let columns: readonly Column<GreekRow>[] | undefined;
  const json = openJsonWriter((text) => write("results.json", text));
  write("errors.csv", csvHeader(errorsColumns));
  write("report.html", htmlReport.head());
  let isFirst = true;
  return {
    names,
    trade(result) {
      if (columns === undefined) {
        columns = greeksColumns(Object.keys(result.trade.tags));
        write("greeks.csv", csvHeader(columns));
      }
      for (const estimate of result.estimates) {
        write("greeks.csv", csvRow(columns, { result, estimate, seed }));
        write("report.html", htmlReport.row(result, estimate, isFirst));
        isFirst = false;
      }
      json.trade(result);
    },
    failure(failure) {
      write("errors.csv", csvRow(errorsColumns, failure));
      json.failure(failure);
    },
    finish(run) {
      if (columns === undefined) write("greeks.csv", csvHeader(greeksColumns([])));
      write("totals.csv", csvHeader(totalsColumns));
      for (const total of run.summary.totals) write("totals.csv", csvRow(totalsColumns, total));
      write("report.md", markdownReport(run));
      if (names.includes("report.md")) {
        const drawn = drawingsOf(run).flatMap(({ books }) => books);
        names.splice(names.indexOf("report.md") + 1, 0, ...drawn.map(({ file }) => file));
        for (const { title, charts, file } of drawn) write(file, image(title, charts));
      }
      write("report.html", htmlReport.tail(run));
      json.finish(run);
      write("run.json", `${JSON.stringify(manifestJson(run.manifest, run.summary), null, 2)}\n`);
    },
  };
}

/** One JSON document, its trades as they come. */
export function openJsonWriter(write: (text: string) => void): Writer {
  const errors: Failure[] = [];
  let trades = 0;
  const open = () => {
    if (trades++ === 0) write(jsonDocument.open);
  };
  return {
    names: [],
    trade(result) {
      open();
      write(jsonDocument.trade(result, trades === 1));
    },
    failure: (failure) => void errors.push(failure),
    finish({ summary }) {
      open();
      write(jsonDocument.close({ run: summaryJson(summary), totals: summary.totals, errors }));
    },
  };
}
