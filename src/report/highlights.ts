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
}

export function openHighlights() {
  const largest = new Map<string, Exposure[]>();
  const flagged: Exposure[] = [];
  const failures: Failure[] = [];
  const methods = new Map<string, number>();
  let flaggedCount = 0;
  let estimateCount = 0;
  let failureCount = 0;
  const size = ({ estimate }: Exposure) => Math.abs(Number(estimate.positionValue));

  return {
    trade({ trade, estimates }: TradeResult): void {
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
        methods.set(method, (methods.get(method) ?? 0) + 1);
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
    }),
  };
}
