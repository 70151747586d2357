import { type EstimatorName, estimators } from "../estimators/catalogue.js";
import { type PaymentRows, paymentRows } from "../estimators/payment-rows.js";
import { type Choice, chooseEstimators } from "./choose.js";
import type { Executor, ScheduleEstimates } from "./executor.js";
import { type Group, type Share, shareOf } from "./plan.js";
import type { Precision } from "./settings.js";
import { estimateToPrecision } from "./to-precision.js";

/** Where a trade's Greek is read: a run, and the trade's and the Greek's places in it. */
export interface Source {
  readonly estimator: EstimatorName;
  readonly weight: number;
  readonly estimates: ScheduleEstimates;
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
  readonly estimates: ScheduleEstimates;
  readonly payments: PaymentRows;
}

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
  for (const estimator of Object.keys(estimators) as EstimatorName[]) {
    const share = shareOf(group, estimator, (t, g) => uses(choices[t]![g]!, estimator));
    if (share === null) continue;
    const wanted = () =>
      choices.flatMap((ofTrade, t) =>
        group.greeks.flatMap((greek, g) =>
          uses(ofTrade[g]!, estimator)
            ? [
                {
                  index: share.indexOf(t)!,
                  column: share.columnOf(greek),
                  bySpot: greek.wrt.filter((parameter) => parameter === "spot").length,
                },
              ]
            : [],
        ),
      );
    const { request } = share;
    const estimates = await estimateToPrecision(executor, request, control, { precision, wanted, elapsed });
    if (estimates === null) return null;
    runs.set(estimator, { share, estimates, payments: paymentRows(request) });
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
}
