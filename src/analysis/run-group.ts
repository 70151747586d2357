import { type EstimatorName, estimators } from "../estimators/catalogue.js";
import { type PaymentRows, paymentRows } from "../estimators/payment-rows.js";
import { type Choice, chooseEstimators } from "./choose.js";
import type { Executor, ScheduleEstimates } from "./executor.js";
import { type Group, requestFor } from "./plan.js";
import type { Precision } from "./settings.js";
import { estimateToPrecision } from "./to-precision.js";

/** Where a trade's Greek is read: a run, and the trade's place among its amounts. */
export interface Source {
  readonly estimator: EstimatorName;
  readonly weight: number;
  readonly estimates: ScheduleEstimates;
  readonly payments: PaymentRows;
  readonly index: number;
}

/** The sources of a trade's Greek, which add up to it. */
export interface Reading {
  readonly sources: readonly Source[];
  readonly gain: number | null;
}

/**
 * Runs every estimator that a group's trades need, each for the trades that want it. The result reads a trade's Greek, null where no
 * estimator gives it; the whole is null when interrupted.
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
  const runs = new Map<
    EstimatorName,
    Omit<Source, "index" | "weight"> & { places: ReadonlyMap<number, number> }
  >();
  for (const estimator of Object.keys(estimators) as EstimatorName[]) {
    const members = choices.flatMap((ofTrade, t) => (ofTrade.some((own) => uses(own, estimator)) ? [t] : []));
    if (members.length === 0) continue;
    const request = requestFor(group, members, estimator);
    const wanted = members.flatMap((t, index) =>
      group.greeks.flatMap(({ greek: { wrt }, column }, g) =>
        uses(choices[t]![g]!, estimator)
          ? [{ index, column, bySpot: wrt.filter((parameter) => parameter === "spot").length }]
          : [],
      ),
    );
    const estimates = await estimateToPrecision(executor, request, control, { precision, wanted, elapsed });
    if (estimates === null) return null;
    const places = new Map(members.map((t, index) => [t, index]));
    runs.set(estimator, { estimator, estimates, payments: paymentRows(request), places });
  }
  return (t, greek) => {
    const choice = choices[t]![greek]!;
    if (choice === null) return null;
    const sources = choice.parts.map(({ estimator, weight }): Source => {
      const { places, ...run } = runs.get(estimator)!;
      return { ...run, weight, index: places.get(t)! };
    });
    return { sources, gain: choice.gain };
  };
}
