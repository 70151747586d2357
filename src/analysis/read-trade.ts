import type { Greek } from "../estimators/greeks.js";
import type { Failure } from "../numerics/failure.js";
import { jumps } from "../payoffs/analyse.js";
import type { Trade } from "../portfolio/trade.js";
import { type Group, isObstacle } from "./plan.js";
import { type Column, openColumn, readGreek } from "./read-greek.js";
import type { GreekEstimate, TradeResult } from "./result.js";
import type { Run } from "./run.js";
import type { Reading } from "./run-group.js";
import { positionsOf } from "./totals.js";

/** Where the Greeks of a group's trades are, and what they have in common. */
export interface GroupResults {
  readonly group: Group;
  readonly columns: readonly Column[];
  readonly reading: (t: number, greek: number) => Reading | null;
  readonly run: Run;
}

export function openResults(group: Group, reading: GroupResults["reading"], run: Run): GroupResults {
  return { group, columns: group.greeks.map((greek) => openColumn(greek, group, run)), reading, run };
}

/** One trade's Greeks out of what was run for its group. */
export function readTrade(
  trade: Trade,
  t: number,
  { group, columns, reading, run }: GroupResults,
): TradeResult {
  const { currency } = group.underlying;
  const estimates: GreekEstimate[] = [];
  const failures = group.missing.map(({ message }) => unsupported(trade, message));
  const candidates = group.candidates[t]!;
  const refusals: { readonly greek: Greek; readonly message: string }[] = [];
  for (let g = 0; g < columns.length; g++) {
    const own = candidates[g]!;
    if (isObstacle(own)) refusals.push({ greek: columns[g]!.greek, message: own.obstacle });
  }
  // Where nothing can be had the reason is told once; a set is what there is of it; what was named is missed.
  const refusal = refusals[0];
  if (refusal !== undefined && refusals.length === columns.length) {
    const failure: Failure = { ...unsupported(trade, refusal.message), reason: "not-applicable" };
    return { trade, currency, estimates, failures: [failure] };
  }
  for (const { greek, message } of refusals) {
    if (typeof run.settings.greeks === "string")
      run.unavailable.add(`${greek.name} of some trades: ${message}`);
    else failures.push(unsupported(trade, `${greek.name}: ${message}`));
  }
  const { amount } = trade.payoff;
  const payoff = {
    amount,
    jumps: typeof amount === "function" || jumps(amount),
    isOnGrid: group.payoffs[t] !== trade.payoff,
    position: positionsOf(trade.quantity),
  };
  for (let g = 0; g < columns.length; g++) {
    const found = reading(t, g);
    if (found === null) continue;
    const result = readGreek(trade, payoff, found, columns[g]!);
    if (typeof result === "string") failures.push(calculationFailed(trade, result));
    else estimates.push(result);
  }
  return { trade, currency, estimates, failures };
}

function unsupported(trade: Trade, message: string): Failure {
  return { reason: "unsupported", message, where: trade.where, tradeId: trade.id };
}

export function calculationFailed(trade: Trade, message: string): Failure {
  return { reason: "calculation-failed", message, where: trade.where, tradeId: trade.id };
}
