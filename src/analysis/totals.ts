import { Decimal } from "decimal.js";
import { batchStatistics, interval } from "../gradients/batch-statistics.js";
import type { Total } from "./result.js";

/** Products and sums of positions are exact: doubles have 17 digits, quantities seldom more. */
const Exact = Decimal.clone({ precision: 120 });

/** Of a trade's quantity: value × quantity, exactly. */
export function positionsOf(quantity: string): (value: number) => Decimal {
  const exact = new Exact(quantity);
  return (value) => exact.times(value);
}

/** Where positions are added up. */
export interface Sum {
  readonly key: Pick<Total, "book" | "underlying" | "currency" | "greek" | "unit">;
  /** Whether sums over different underlyings mean something. */
  readonly adds: boolean;
  value: Decimal;
  /** Sum of the positions' batch means. Trades that share paths share batches, so their covariance is in its spread. */
  readonly batchMeans: Float64Array;
  /** Signed, so that opposite positions cancel as their numbers do. */
  resolution: number;
  trades: number;
}

/** A trade's Greek, to be added up. */
export interface Position {
  readonly quantity: number;
  /** Its value times the quantity. */
  readonly value: Decimal;
  /** In the units of the estimate, per unit of quantity. */
  readonly batchMeans: Float64Array;
  /** What the batch means cannot resolve, in the same units. */
  readonly resolution: number;
}

/** Sums positions per book and underlying, per book, per underlying, and over everything; `*` stands for all. */
export class Totals {
  readonly #batches: number;
  /** Per book and underlying: the wider sums are sums of these. */
  readonly #sums = new Map<string, Sum>();

  constructor(batches: number) {
    this.#batches = batches;
  }

  /** The sum of a book, an underlying and a Greek, whose unit they all have. */
  open(key: Sum["key"], adds: boolean): Sum {
    return sumOf(this.#sums, key, adds, this.#batches);
  }

  /** `quantile` is Student's, for the interval. */
  read(quantile: number): readonly Total[] {
    const wider = new Map<string, Sum>();
    for (const own of this.#sums.values()) {
      const underlyings = own.adds ? [own.key.underlying, "*"] : [own.key.underlying];
      for (const book of [own.key.book, "*"]) {
        for (const underlying of underlyings) {
          const sum = sumOf(wider, { ...own.key, book, underlying }, own.adds, this.#batches);
          sum.value = sum.value.plus(own.value);
          for (let b = 0; b < own.batchMeans.length; b++) sum.batchMeans[b]! += own.batchMeans[b]!;
          sum.resolution += own.resolution;
          sum.trades += own.trades;
        }
      }
    }
    return [...wider.values()].map(({ key, value, batchMeans, resolution, trades }) => {
      const statistics = batchStatistics(batchMeans);
      const standardError = Math.max(statistics.standardError, Math.abs(resolution));
      const centred = { ...statistics, mean: value.toNumber(), standardError };
      return {
        ...key,
        value: value.toString(),
        standardError,
        ...interval(centred, batchMeans.length, quantile),
        trades,
      };
    });
  }
}

/** Adds a position to its sum. */
export function addPosition(sum: Sum, { quantity, value, batchMeans, resolution }: Position): void {
  sum.value = sum.value.plus(value);
  for (let b = 0; b < batchMeans.length; b++) sum.batchMeans[b]! += quantity * batchMeans[b]!;
  sum.resolution += quantity * resolution;
  sum.trades++;
}

function sumOf(among: Map<string, Sum>, key: Sum["key"], adds: boolean, batches: number): Sum {
  const id = [key.book, key.underlying, key.currency, key.greek].join("\0");
  let sum = among.get(id);
  if (sum === undefined) {
    const batchMeans = new Float64Array(batches);
    sum = { key, adds, value: new Exact(0), batchMeans, resolution: 0, trades: 0 };
    among.set(id, sum);
  }
  return sum;
}
