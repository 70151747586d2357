import {
  availableGreeks,
  type BookComparison,
  COMPARED,
  compareEstimators,
  describeFailure,
  dynamics,
  ESTIMATOR_MEANINGS,
  GREEK_SETS,
  type PortfolioItem,
  SAMPLERS,
} from "../index.js";
import { alignedRows } from "../report/text-table.js";
import { withError } from "../report/with-error.js";
import { type InputArguments, NO_MARKET, openInputs } from "./inputs.js";
import { EXIT, type Io } from "./io.js";
import { choice, greekNames, wholeNumber } from "./option-values.js";

export interface CompareArguments extends InputArguments {
  readonly greeks: string;
  readonly paths: string;
  readonly batches: string;
  readonly sampler: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** The estimators there are, and what they do. */
export function listEstimators({ json }: { readonly json?: boolean }, io: Io): void {
  if (json) {
    io.stdout(`${JSON.stringify(ESTIMATOR_MEANINGS, null, 2)}\n`);
    return;
  }
  const rows = ESTIMATOR_MEANINGS.map(({ name, meaning, bias }) => [
    name,
    bias === null ? meaning : `${meaning} (${bias})`,
  ]);
  for (const row of alignedRows(rows, () => false)) io.stdout(`${row.join("  ").trimEnd()}\n`);
}

/** Values a book by every estimator there is, and tables them by variance × time. */
export async function runCompare(
  portfolio: string | undefined,
  args: CompareArguments,
  io: Io,
): Promise<number> {
  const options = {
    greeks: greekNames(
      args.greeks,
      GREEK_SETS,
      availableGreeks(Object.values(dynamics)).map(({ name }) => name),
    ),
    sampler: choice("--sampler", args.sampler, SAMPLERS),
    paths: wholeNumber("--paths", args.paths, 1),
    batches: wholeNumber("--batches", args.batches, 2),
    seed: args.seed,
  };
  const { reading, items } = openInputs(portfolio, args, io);
  const book: PortfolioItem[] = [];
  for await (const item of items()) book.push(item);
  const { rows, failures, obstacles } = await compareEstimators(book, reading.market ?? NO_MARKET, options, {
    estimators: [...COMPARED, "auto"],
    clock: () => performance.now() / 1000,
  });
  const all = [...reading.failures, ...failures];
  for (const failure of all) io.stderr(`${describeFailure(failure)}\n`);
  for (const line of byReason(obstacles)) io.stderr(`${line}\n`);
  io.stdout(args.json ? `${JSON.stringify(rows.map(jsonRow), null, 2)}\n` : table(rows));
  if (rows.length === 0) return EXIT.nothing;
  return all.length > 0 ? EXIT.partial : EXIT.ok;
}

/** So many trades are named of those that have the same obstacle. */
const NAMED = 3;

/** "A, B, C and 9 more: why". */
function byReason(obstacles: readonly { readonly tradeId: string; readonly message: string }[]): string[] {
  const trades = new Map<string, string[]>();
  for (const { tradeId, message } of obstacles) {
    const known = trades.get(message);
    if (known === undefined) trades.set(message, [tradeId]);
    else known.push(tradeId);
  }
  return [...trades].map(([message, ids]) => {
    const rest = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
    return `${ids.slice(0, NAMED).join(", ")}${rest}: ${message}`;
  });
}

function jsonRow({
  tradeId,
  greek,
  unit,
  estimator,
  bias,
  value,
  standardError,
  variance,
  cost,
  relativeWork,
}: BookComparison) {
  return {
    trade_id: tradeId,
    greek,
    unit,
    estimator,
    bias,
    value,
    std_error: standardError,
    variance,
    seconds_per_path: cost,
    relative_work: relativeWork,
  };
}

function table(rows: readonly BookComparison[]): string {
  const cells = [
    ["trade", "greek", "value ± std. error", "unit", "variance of a path", "variance × time", "estimator"],
    ...rows.map(({ tradeId, greek, unit, estimator, bias, value, standardError, variance, relativeWork }) => [
      tradeId,
      greek,
      withError(value, standardError),
      unit,
      variance.toPrecision(4),
      relativeWork.toPrecision(3),
      bias === null ? estimator : `${estimator} (biased: ${bias})`,
    ]),
  ];
  const aligned = alignedRows(cells, (column) => column === 2 || column === 4 || column === 5);
  return `${aligned.map((row) => row.join("  ").trimEnd()).join("\n")}\n`;
}
