import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  availableGreeks,
  type ConvergenceRow,
  convergence,
  describeFailure,
  dynamics,
  ESTIMATORS,
  GREEK_SETS,
  type PortfolioItem,
  SAMPLERS,
} from "../index.js";
import { csvHeader, csvRow } from "../report/csv.js";
import type { Column } from "../report/table.js";
import { alignedRows } from "../report/text-table.js";
import { withError } from "../report/with-error.js";
import { type InputArguments, NO_MARKET, openInputs } from "./inputs.js";
import { EXIT, type Io } from "./io.js";
import { choice, greekNames, wholeNumber } from "./option-values.js";

export interface ConvergeArguments extends InputArguments {
  readonly greeks: string;
  readonly estimator: string;
  readonly from: string;
  readonly paths: string;
  readonly batches: string;
  readonly sampler: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The estimates of a book against the number of paths. */
export async function runConverge(
  portfolio: string | undefined,
  args: ConvergeArguments,
  io: Io,
): Promise<number> {
  const known = availableGreeks(Object.values(dynamics)).map(({ name }) => name);
  const abort = new AbortController();
  const options = {
    greeks: greekNames(args.greeks, GREEK_SETS, known),
    estimator: choice("--estimator", args.estimator, ESTIMATORS),
    sampler: choice("--sampler", args.sampler, SAMPLERS),
    paths: wholeNumber("--paths", args.paths, 1),
    batches: wholeNumber("--batches", args.batches, 2),
    seed: args.seed,
    signal: abort.signal,
  };
  const from = wholeNumber("--from", args.from, 1);
  const { reading, items } = openInputs(portfolio, args, io);
  const book: PortfolioItem[] = [];
  for await (const item of items()) book.push(item);
  const release = io.onInterrupt(() => abort.abort());
  const { rows, failures } = await convergence(book, reading.market ?? NO_MARKET, options, {
    from: Math.min(from, options.paths),
    onRun: (done, all) => io.isTerminal && io.stderr(`\r${done} of ${all} runs${done === all ? "\n" : ""}`),
  });
  release();
  const all = [...reading.failures, ...failures];
  for (const failure of all) io.stderr(`${describeFailure(failure)}\n`);
  io.stdout(args.json ? `${JSON.stringify(rows.map(jsonRow), null, 2)}\n` : table(rows));
  if (args.out !== undefined) {
    const folder = resolve(io.cwd, args.out);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "convergence.csv"),
      csvHeader(columns) + rows.map((row) => csvRow(columns, row)).join(""),
    );
    if (!args.json) io.stdout(`\nwrote ${join(args.out, "convergence.csv")}\n`);
  }
  if (abort.signal.aborted) return EXIT.interrupted;
  if (rows.length === 0) return EXIT.nothing;
  return all.length > 0 ? EXIT.partial : EXIT.ok;
}

const columns: readonly Column<ConvergenceRow>[] = [
  { header: "trade_id", value: (row) => row.tradeId },
  { header: "greek", value: (row) => row.greek },
  { header: "unit", value: (row) => row.unit },
  { header: "paths", value: (row) => row.paths },
  { header: "value", value: (row) => row.value },
  { header: "std_error", value: (row) => row.standardError },
  { header: "ci95_low", value: (row) => row.low },
  { header: "ci95_high", value: (row) => row.high },
  { header: "status", value: (row) => row.status },
];

function jsonRow(row: ConvergenceRow) {
  return Object.fromEntries(columns.map(({ header, value }) => [header, value(row)]));
}

function table(rows: readonly ConvergenceRow[]): string {
  const cells = [
    ["trade", "greek", "paths", "value ± std. error", "unit", "status"],
    ...rows.map(({ tradeId, greek, paths, value, standardError, unit, status }) => [
      ...[tradeId, greek, String(paths), withError(value, standardError), unit, status],
    ]),
  ];
  const aligned = alignedRows(cells, (column) => column === 2 || column === 3);
  return `${aligned.map((row) => row.join("  ").trimEnd()).join("\n")}\n`;
}
