import { Decimal } from "decimal.js";
import { batchStatistics, interval } from "../gradients/batch-statistics.js";
import type { Trade } from "../portfolio/trade.js";
import type { GreekEstimate, Total } from "./result.js";

/** Products and sums of positions are exact: doubles have 17 digits, quantities seldom more. */
const Exact = Decimal.clone({ precision: 120 });

/** value × quantity, exactly. */
export function positionValue(value: number, quantity: string): Decimal {
  return new Exact(value).times(quantity);
}

interface Sum {
  readonly key: Pick<Total, "book" | "underlying" | "currency" | "greek" | "unit">;
  value: Decimal;
  /** Sum of the positions' batch means. Trades that share paths share batches, so their covariance is in its spread. */
  readonly batchMeans: Float64Array;
  /** Signed, so that opposite positions cancel as their numbers do. */
  resolution: number;
  trades: number;
}

export interface Totals {
  add(position: {
    readonly trade: Trade;
    readonly currency: string;
    readonly estimate: GreekEstimate;
    /** Its positionValue. */
    readonly value: Decimal;
    /** In the units of the estimate, per unit of quantity. */
    readonly batchMeans: Float64Array;
    /** What the batch means cannot resolve, in the same units. */
    readonly resolution: number;
    /** Whether sums over different underlyings mean something. */
    readonly adds: boolean;
  }): void;
  /** `quantile` is Student's, for the interval. */
  read(quantile: number): readonly Total[];
}

/** Sums positions per book and underlying, per book, per underlying, and over everything; `*` stands for all. */
export function openTotals(batches: number): Totals {
  const sums = new Map<string, Sum>();
  return {
    add({ trade, currency, estimate, value, batchMeans, resolution, adds }) {
      const { greek, unit } = estimate;
      const quantity = Number(trade.quantity);
      const underlyings = adds ? [trade.underlying, "*"] : [trade.underlying];
      for (const book of [trade.book, "*"]) {
        for (const underlying of underlyings) {
          const id = [book, underlying, currency, greek].join("\0");
          let sum = sums.get(id);
          if (sum === undefined) {
            const key = { book, underlying, currency, greek, unit };
            sum = {
              key,
              value: new Exact(0),
              batchMeans: new Float64Array(batches),
              resolution: 0,
              trades: 0,
            };
            sums.set(id, sum);
          }
          sum.value = sum.value.plus(value);
          for (let b = 0; b < batches; b++) sum.batchMeans[b]! += quantity * batchMeans[b]!;
          sum.resolution += quantity * resolution;
          sum.trades++;
        }
      }
    },
    read: (quantile) =>
      [...sums.values()].map(({ key, value, batchMeans, resolution, trades }) => {
        const statistics = batchStatistics(batchMeans);
        const standardError = Math.max(statistics.standardError, Math.abs(resolution));
        const centred = { ...statistics, mean: value.toNumber(), standardError };
        return {
          ...key,
          value: value.toString(),
          standardError,
          ...interval(centred, batches, quantile),
          trades,
        };
      }),
  };
}
