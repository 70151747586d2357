import { type EstimatorName, estimators } from "../estimators/catalogue.js";
import { type PaymentRows, paymentRows } from "../estimators/payment-rows.js";
import { type Choice, chooseEstimators } from "./choose.js";
import type { Executor, PartEstimates } from "./executor.js";
import { type Group, type Share, shareOf } from "./plan.js";
import type { Precision } from "./settings.js";
import { estimateToPrecision, sharpness, type Term } from "./to-precision.js";

/** Where a trade's Greek is read: a run, and the trade's and the Greek's places in it. */
export interface Source extends Term {
  readonly estimator: EstimatorName;
  readonly payments: PaymentRows;
}

/** The sources of a trade's Greek, which add up to it. */
export interface Reading {
  readonly sources: readonly Source[];
  readonly gain: number | null;
}

/** A share that was run. */
interface Run {
  readonly share: Share;
  readonly estimates: PartEstimates;
  readonly payments: PaymentRows;
}

/** `conditional` draws for itself; all others look at the same paths, and so run together. */
const TOGETHER: readonly (readonly EstimatorName[])[] = [
  ["conditional"],
  (Object.keys(estimators) as EstimatorName[]).filter((name) => name !== "conditional"),
];

/**
 * Runs every estimator that a group's trades need, each for the trades and Greeks that want it. The result reads a trade's Greek,
 * null where no estimator gives it; the whole is null when interrupted.
 */
export async function runGroup(
  group: Group,
  executor: Executor,
  control: Parameters<Executor["estimate"]>[1],
  { precision, elapsed }: { readonly precision: Precision | null; readonly elapsed: () => number },
): Promise<((t: number, greek: number) => Reading | null) | null> {
  const choices = await chooseEstimators(group, executor, control.cancelled);
  if (choices === null) return null;
  const { spot } = group.request.schedule;
  const runs = new Map<EstimatorName, Run>();
  const sourcesOf = ({ parts }: Choice, t: number, g: number, among: ReadonlyMap<EstimatorName, Run>) =>
    parts.map(({ estimator, weight }): Source => {
      const { share, estimates, payments } = among.get(estimator)!;
      const column = share.columnOf(group.greeks[g]!);
      return { estimates, payments, estimator, weight, index: share.indexOf(t)!, column };
    });
  for (const names of TOGETHER) {
    const shares = names.flatMap((name) => shareOf(group, name, (t, g) => uses(choices[t]![g]!, name)) ?? []);
    if (shares.length === 0) continue;
    const runsOf = (all: readonly PartEstimates[]) =>
      new Map(
        shares.map((share, i) => [
          share.part.estimator,
          { share, estimates: all[i]!, payments: paymentRows(share.part) },
        ]),
      );
    const worst = (all: readonly PartEstimates[]) => {
      const own = runsOf(all);
      let times = 0;
      for (const [t, ofTrade] of choices.entries())
        for (const [g, choice] of ofTrade.entries())
          if (choice !== null && own.has(choice.parts[0]!.estimator))
            times = Math.max(
              times,
              sharpness(sourcesOf(choice, t, g, own), group.greeks[g]!, { share: 1, spot }),
            );
      return times;
    };
    const request = { ...group.request, parts: shares.map(({ part }) => part) };
    const all = await estimateToPrecision(executor, request, control, { precision, worst, elapsed });
    if (all === null) return null;
    for (const [name, run] of runsOf(all)) runs.set(name, run);
  }
  return (t, greek) => {
    const choice = choices[t]![greek]!;
    return choice === null ? null : { sources: sourcesOf(choice, t, greek, runs), gain: choice.gain };
  };
}

function uses(choice: Choice | null, name: EstimatorName): boolean {
  return choice?.parts.some(({ estimator }) => estimator === name) === true;
}
