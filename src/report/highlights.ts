import type { GreekEstimate, TradeResult } from "../analysis/result.js";
import type { Failure } from "../numerics/failure.js";

const LARGEST = 5;
const LISTED = 50;

export interface Exposure {
  readonly tradeId: string;
  readonly underlying: string;
  readonly product: string;
  readonly estimate: GreekEstimate;
}

/** What a report tells of single trades, gathered while they stream by, in bounded memory. */
export interface Highlights {
  /** The largest positions of each Greek. */
  readonly largest: ReadonlyMap<string, readonly Exposure[]>;
  readonly flagged: readonly Exposure[];
  readonly flaggedCount: number;
  readonly estimateCount: number;
  readonly failures: readonly Failure[];
  readonly failureCount: number;
  /** Estimates by "estimator, scheme". */
  readonly methods: ReadonlyMap<string, number>;
  /** Where a trial chose the estimator: what that gained over the likelihood ratio, by estimator. */
  readonly gains: ReadonlyMap<string, Gains>;
  /** Trades by product and by underlying, of those that were valued. */
  readonly products: ReadonlyMap<string, number>;
  readonly underlyings: ReadonlyMap<string, number>;
}

/** As many times the paths would have been needed. */
export interface Gains {
  readonly count: number;
  /** Geometric mean. */
  readonly usual: number;
  readonly largest: number;
}

export function openHighlights() {
  const largest = new Map<string, Exposure[]>();
  const flagged: Exposure[] = [];
  const failures: Failure[] = [];
  const methods = new Map<string, number>();
  const gains = new Map<string, { count: number; logarithms: number; largest: number }>();
  const products = new Map<string, number>();
  const underlyings = new Map<string, number>();
  let flaggedCount = 0;
  let estimateCount = 0;
  let failureCount = 0;
  const size = ({ estimate }: Exposure) => Math.abs(Number(estimate.positionValue));

  return {
    trade({ trade, estimates }: TradeResult): void {
      count(products, trade.product);
      count(underlyings, trade.underlying);
      for (const estimate of estimates) {
        const exposure = {
          tradeId: trade.id,
          underlying: trade.underlying,
          product: trade.product,
          estimate,
        };
        const list = largest.get(estimate.greek) ?? [];
        largest.set(estimate.greek, list);
        list.push(exposure);
        list.sort((a, b) => size(b) - size(a));
        if (list.length > LARGEST) list.pop();

        const method = `${estimate.estimator}, ${estimate.scheme} scheme`;
        count(methods, method);
        if (estimate.gain !== null && estimate.gain > 1 && Number.isFinite(estimate.gain)) {
          const before = gains.get(estimate.estimator) ?? { count: 0, logarithms: 0, largest: 0 };
          gains.set(estimate.estimator, {
            count: before.count + 1,
            logarithms: before.logarithms + Math.log(estimate.gain),
            largest: Math.max(before.largest, estimate.gain),
          });
        }
        estimateCount++;
        if (estimate.status === "ok") continue;
        flaggedCount++;
        if (flagged.length < LISTED) flagged.push(exposure);
      }
    },
    failure(failure: Failure): void {
      failureCount++;
      if (failures.length < LISTED) failures.push(failure);
    },
    read: (): Highlights => ({
      largest,
      flagged,
      flaggedCount,
      estimateCount,
      failures,
      failureCount,
      methods,
      gains: new Map(
        [...gains].map(([estimator, { count, logarithms, largest }]) => [
          estimator,
          { count, usual: Math.exp(logarithms / count), largest },
        ]),
      ),
      products,
      underlyings,
    }),
  };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
