import { type EstimatorName, estimators } from "../estimators/catalogue.js";
import { type PaymentRows, paymentRows } from "../estimators/payment-rows.js";
import { type Choice, chooseEstimators } from "./choose.js";
import type { Executor, PartEstimates } from "./executor.js";
import { type Group, type Share, shareOf } from "./plan.js";
import type { Precision } from "./settings.js";
import { estimateToPrecision, type Wanted } from "./to-precision.js";

/** Where a trade's Greek is read: a run, and the trade's and the Greek's places in it. */
export interface Source {
  readonly estimator: EstimatorName;
  readonly weight: number;
  readonly estimates: PartEstimates;
  readonly payments: PaymentRows;
  readonly index: number;
  readonly column: number;
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
  const uses = (choice: Choice | null, name: EstimatorName) =>
    choice?.parts.some(({ estimator }) => estimator === name) === true;
  const runs = new Map<EstimatorName, Run>();
  for (const names of TOGETHER) {
    const shares = names.flatMap((name) => shareOf(group, name, (t, g) => uses(choices[t]![g]!, name)) ?? []);
    if (shares.length === 0) continue;
    const request = { ...group.request, parts: shares.map(({ part }) => part) };
    const wanted = () => shares.map((share) => wantedOf(group, share, choices));
    const all = await estimateToPrecision(executor, request, control, { precision, wanted, elapsed });
    if (all === null) return null;
    for (const [i, share] of shares.entries())
      runs.set(share.part.estimator, { share, estimates: all[i]!, payments: paymentRows(share.part) });
  }
  return (t, greek) => {
    const choice = choices[t]![greek]!;
    if (choice === null) return null;
    const sources = choice.parts.map(({ estimator, weight }): Source => {
      const { share, estimates, payments } = runs.get(estimator)!;
      const column = share.columnOf(group.greeks[greek]!);
      return { estimates, payments, estimator, weight, index: share.indexOf(t)!, column };
    });
    return { sources, gain: choice.gain };
  };

  /** The numbers of a share that have to be sharp. */
  function wantedOf(
    { greeks }: Group,
    { part, indexOf, columnOf }: Share,
    choices: readonly (readonly (Choice | null)[])[],
  ): readonly Wanted[] {
    return choices.flatMap((ofTrade, t) =>
      greeks.flatMap((greek, g) =>
        uses(ofTrade[g]!, part.estimator)
          ? [
              {
                index: indexOf(t)!,
                column: columnOf(greek),
                bySpot: greek.wrt.filter((parameter) => parameter === "spot").length,
              },
            ]
          : [],
      ),
    );
  }
}
