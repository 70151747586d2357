import type { Derivative } from "../gradients/distribution.js";
import type { Kernel } from "../kernel/kernel.js";
import { square } from "../numerics/elementary.js";
import type { Schedule } from "../simulation/schedule.js";
import { BASE_DERIVATIVES, blankPilot } from "./control-variates.js";
import type { Estimator, RunRequest, ScheduleRun } from "./estimator.js";
import { likelihoodRatioRaw } from "./likelihood-ratio.js";

/** The bump of a parameter, as a share of it; rates and correlations are bumped by so much themselves. */
const BUMP = 0.01;

export const finiteDifference: Estimator = {
  meaning: "central differences of prices under common random numbers, for comparison",
  bias: "central differences, biased by a multiple of the bump squared",
  obstacle: (schedule) => (derivative) => differenceObstacle(schedule, derivative),
  open: openFiniteDifference,
};

function differenceObstacle({ dynamics }: Schedule, derivative: Derivative): string | null {
  const [a, b] = derivative;
  if (derivative.length > 2 || (b !== undefined && a !== b))
    return "bumps are of one parameter, once or twice";
  if (a === "time" || a === "first_interval") return "other dates have other random numbers";
  const latent = dynamics.isBrownian !== true;
  if (latent && a !== undefined && !["spot", "rate", "dividend_yield", "rho"].includes(a))
    return "the latent path is not continuous in it";
  return null;
}

/**
 * Central differences of prices under common random numbers, ∂_a V = [V(a + h) − V(a − h)] / 2h: biased by a multiple of h², and where
 * the payoff jumps of a variance that grows as h shrinks. For comparison. Glasserman (2003), §7.1.
 */
function openFiniteDifference(kernel: Kernel, request: RunRequest): ScheduleRun {
  const mark = kernel.mark();
  const { derivatives, schedule } = request;
  const open = (moved: Schedule) =>
    likelihoodRatioRaw.open(kernel, { ...request, schedule: moved, derivatives: BASE_DERIVATIVES });
  const runs: ScheduleRun[] = [];
  const add = (moved: Schedule) => runs.push(open(moved)) - 1;
  const centre = add(schedule);
  const bumps = new Map<string, { readonly step: number; readonly up: number; readonly down: number }>();
  for (const parameter of new Set(derivatives.flat())) {
    if (differenceObstacle(schedule, [parameter]) !== null) continue;
    const step = stepOf(schedule, parameter);
    bumps.set(parameter, {
      step,
      up: add(bumped(schedule, parameter, step)),
      down: add(bumped(schedule, parameter, -step)),
    });
  }
  // Every run writes as many means, one run after the other.
  const { pathsPerBatch, numbers } = runs[centre]!;
  return {
    pathsPerBatch,
    numbers: numbers * runs.length,
    pilot: () => blankPilot(request),
    batch(index) {
      const parts = runs.map((run) => run.batch(index));
      const all = new Float64Array(numbers * parts.length);
      for (const [i, part] of parts.entries()) all.set(part, i * numbers);
      return all;
    },
    close: () => kernel.release(mark),
    merge(batches) {
      const nothing = blankPilot({ ...request, derivatives: BASE_DERIVATIVES });
      const priced = runs.map((run, i) =>
        run.merge(
          batches.map((means) => means.slice(i * numbers, (i + 1) * numbers)),
          nothing,
        ),
      );
      return {
        scoreZ: derivatives.map(() => 0),
        cost: (t) => priced.reduce((sum, run) => sum + run.cost(t), 0),
        of(t, g) {
          const [a, b] = derivatives[g]!;
          const middle = priced[centre]!.of(t, 0);
          if (a === undefined) return middle;
          const bump = bumps.get(a);
          if (bump === undefined) return middle.map(() => Number.NaN);
          const [up, down] = [priced[bump.up]!.of(t, 0), priced[bump.down]!.of(t, 0)];
          return up.map((value, i) =>
            b === undefined
              ? (value - down[i]!) / (2 * bump.step)
              : (value - 2 * middle[i]! + down[i]!) / square(bump.step),
          );
        },
      };
    },
  };
}

function stepOf({ spot, parameters }: Schedule, parameter: string): number {
  if (parameter === "spot") return BUMP * spot;
  if (parameter === "rate" || parameter === "dividend_yield") return BUMP / 10;
  if (parameter === "rho") return BUMP * (1 - Math.abs(parameters.rho!));
  return BUMP * parameters[parameter]!;
}

function bumped(schedule: Schedule, parameter: string, by: number): Schedule {
  const { carry, parameters } = schedule;
  if (parameter === "spot") return { ...schedule, spot: schedule.spot + by };
  if (parameter === "rate") return { ...schedule, carry: { ...carry, rate: carry.rate + by } };
  if (parameter === "dividend_yield")
    return { ...schedule, carry: { ...carry, dividendYield: carry.dividendYield + by } };
  return { ...schedule, parameters: { ...parameters, [parameter]: parameters[parameter]! + by } };
}
