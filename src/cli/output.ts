import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Failure, RunSummary, TradeResult } from "../index.js";
import { csvHeader, csvRow } from "../report/csv.js";
import type { Highlights } from "../report/highlights.js";
import { htmlReport } from "../report/html.js";
import { jsonDocument, summaryJson } from "../report/json.js";
import { type Manifest, manifestJson } from "../report/manifest.js";
import { markdownReport } from "../report/markdown.js";
import type { Column } from "../report/table.js";
import { errorsColumns, type GreekRow, greeksColumns, totalsColumns } from "../report/tables.js";
import { UsageError } from "./io.js";

export type Format = "csv" | "markdown" | "html" | "json";

export interface FinishedRun {
  readonly summary: RunSummary;
  readonly highlights: Highlights;
  readonly manifest: Manifest;
}

/** Somewhere results go as they come. */
export interface Output {
  /** The files that will stand in the folder when it is finished. */
  readonly names: readonly string[];
  trade(result: TradeResult): void;
  failure(failure: Failure): void;
  finish(run: FinishedRun): void;
  /** Leaves nothing behind. */
  discard(): void;
}

/** The files of a run, written beside their final names and moved there when they are whole. */
export function openFiles(folder: string, formats: readonly Format[], seed: string): Output {
  const csv = formats.includes("csv");
  const names = [
    ...(csv ? ["greeks.csv", "totals.csv"] : []),
    "errors.csv",
    ...(formats.includes("markdown") ? ["report.md"] : []),
    ...(formats.includes("html") ? ["report.html"] : []),
    ...(formats.includes("json") ? ["results.json"] : []),
    "run.json",
  ];
  const files = new Map(names.map((name) => [name, openPartFile(folder, name)]));
  const write = (name: string, text: string) => files.get(name)?.write(text);

  let columns: readonly Column<GreekRow>[] | undefined;
  const json = openJson((text) => write("results.json", text));
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
      write("report.html", htmlReport.tail(run));
      json.finish(run);
      write("run.json", `${JSON.stringify(manifestJson(run.manifest, run.summary), null, 2)}\n`);
      for (const file of files.values()) file.keep();
    },
    discard() {
      for (const file of files.values()) file.discard();
    },
  };
}

/** One JSON document, its trades as they come. */
export function openJson(write: (text: string) => void): Output {
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
    discard: () => undefined,
  };
}

const BUFFERED = 65_536;

function openPartFile(folder: string, name: string) {
  const path = join(folder, name);
  const part = join(folder, `.${name}.${process.pid}.part`);
  let buffer = "";
  let file: number;
  try {
    mkdirSync(folder, { recursive: true });
    file = openSync(part, "w");
  } catch (error) {
    throw new UsageError(`${folder} cannot be written: ${(error as Error).message}`);
  }
  const flush = () => {
    writeSync(file, buffer);
    buffer = "";
  };
  return {
    write(text: string) {
      buffer += text;
      if (buffer.length > BUFFERED) flush();
    },
    keep() {
      flush();
      closeSync(file);
      renameSync(part, path);
    },
    discard() {
      closeSync(file);
      rmSync(part, { force: true });
    },
  };
}
