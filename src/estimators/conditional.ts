import { openBatches } from "../gradients/batch-means.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import { openCrossFit } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch } from "../gradients/noise.js";
import type { Kernel } from "../kernel/kernel.js";
import { once, remembered } from "../numerics/remembered.js";
import { constant, input, market, multiply, price } from "../payoffs/build.js";
import {
  marketGradient,
  marketSlope,
  openDerivative,
  openWithMarket,
  plus,
} from "../payoffs/differentiate.js";
import type { Expression } from "../payoffs/expression.js";
import { partsInOrder } from "../payoffs/operands.js";
import { type SmoothPayoff, smoothedBy, smoothPayoffs } from "../payoffs/smooth/smooth.js";
import { countedNumbers, countsOf, overCounts } from "../simulation/counted-numbers.js";
import { type LawNumbers, lawNumbers } from "../simulation/law-numbers.js";
import { lawOf } from "../simulation/paths.js";
import { openPayoffRows, rowsCost } from "../simulation/payoff-rows.js";
import { discountFactor, knownMeans, type Schedule, spotScale } from "../simulation/schedule.js";
import { JUMPED_SHARE, openDraws, WAYS, type Way } from "./conditional-draws.js";
import { blankPilot } from "./control-variates.js";
import type { Estimator, RunRequest, ScheduleRun } from "./estimator.js";

export const conditional: Estimator = {
  meaning:
    "jumps integrated out, by one-step survival, over the first return or by a rule, then differentiated path by path",
  bias: null,
  obstacle(schedule, payoff) {
    const { dynamics } = betweenJumps(schedule);
    const ways = smoothPayoffs(payoff, dynamics.isBrownian === true ? "constant" : "latent");
    if (typeof ways === "string") return () => ways;
    return (derivative) =>
      ways.some((way) => hasDerivative(way, derivative))
        ? null
        : "the payoff keeps kinks between its later prices";
  },
  open: openConditional,
};

/** Kinks have no second derivative, unless the first is in the spot, which only the smooth first return sees. */
function hasDerivative({ isSmooth }: SmoothPayoff, derivative: Derivative): boolean {
  return isSmooth || derivative.length < 2 || derivative.includes("spot");
}

/** With the model between jumps where their number is summed over. */
function betweenJumps(schedule: Schedule): Schedule {
  const { jumps } = schedule.dynamics;
  return jumps === undefined || countsOf(schedule) === null
    ? schedule
    : { ...schedule, dynamics: jumps.base };
}

/** A row of the run: a derivative of a payoff that is smoothed. */
interface Row {
  /** Null where nobody has asked for the derivative. */
  readonly payoff: SmoothPayoff | null;
  readonly wrt: Derivative;
  readonly way: Way;
}

/**
 * Conditional Monte Carlo: the payoff is rewritten with its jumps integrated out, as an expression in uniforms and in the law's m_k
 * and s_k, and differentiated as such, ∂_a V = E[Σ_k h_{m_k} ∂_a m_k + h_{s_k} ∂_a s_k]; where the latent path has a score q_a,
 * E[h q_a] comes on top. The number of jumps of a single return is summed over: with rare jumps, paths that draw it see too few of what
 * matters, and controls hide that. The asset, whose Greeks are known, is a control. Unbiased. Glasserman (2003), §4.5 and §7.2.3;
 * Glasserman and Staum (2001).
 *
 * A payoff of the final price under a constant law leaves nothing to simulate, and is exact but for rounding. That is measured: every
 * batch moves the spot by another last bit, and the nodes of a rule between each other, and where terms cancel the batches scatter.
 * Chesneaux and Vignes, stochastic arithmetic, after Vignes, Math. Comput. Simul. 35 (1993) 233.
 */
function openConditional(kernel: Kernel, request: RunRequest): ScheduleRun {
  const { schedule, derivatives, sampler } = request;
  const { dates } = schedule;
  const mark = kernel.mark();
  const counts = countsOf(schedule);
  const between = betweenJumps(schedule);
  const law = lawOf(between, derivatives);
  const drawnBy = remembered((payoff: SmoothPayoff | null) =>
    payoff === null ? [] : uniformsIn(payoff, dates.length),
  );
  const wayOf = (payoff: SmoothPayoff | null): Way => {
    if (law.kind === "latent") return "simulated";
    if (drawnBy(payoff).length === 0) return "closed";
    return dates.length === 1 ? "rule" : "simulated";
  };
  const own = request.amounts.flatMap((amount, t) => {
    const ways = smoothPayoffs({ dates, amount, earlier: request.earlier?.[t] ?? [] }, law.kind);
    if (typeof ways === "string") throw new Error(`conditional must be asked first: ${ways}`);
    return derivatives.map((wrt): Row => {
      const payoff = ways.find((way) => hasDerivative(way, wrt)) ?? null;
      return { payoff, wrt, way: wayOf(payoff) };
    });
  });
  const smoothings = [
    ...new Set(
      own.flatMap(({ payoff, way }) => (payoff === null || way !== "simulated" ? [] : payoff.smoothing)),
    ),
  ];
  // S_T and 1, whose Greeks are known, smoothed in the ways that the payoffs are.
  const controls = [price(dates.length - 1), constant(1)].flatMap((amount) =>
    smoothings.flatMap((smoothing) => {
      const payoff = smoothedBy(smoothing, { dates, amount }) as SmoothPayoff;
      return derivatives.map((wrt): Row => ({ payoff, wrt, way: "simulated" }));
    }),
  );
  const rows = [...own, ...controls];
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  // Who merges what others have run needs none of it.
  const numbers = once(() => {
    const own = lawNumbers(between, law, dates.length);
    return counts === null ? own : countedNumbers(own, counts);
  });
  const derivativesOver = (jumps: readonly number[]) =>
    differentiated(rows, numbers(), dates.length, (value) => overCounts(value, jumps));
  const jumpNumbers = Array.from({ length: (counts?.most ?? -1) + 1 }, (_, n) => n);
  const isApart = counts !== null && law.kind === "latent";
  const expressions = once(() => {
    if (counts === null) return differentiated(rows, numbers(), dates.length);
    return derivativesOver(isApart ? [0] : jumpNumbers);
  });
  const jumped = once(() => derivativesOver(jumpNumbers.slice(1)));
  const runners = once(() =>
    WAYS.flatMap((way) => {
      const wayOfRows = way === "jumped" && isApart ? "simulated" : way;
      const places = rows.flatMap((row, place) => (row.way === wayOfRows ? [place] : []));
      if (places.length === 0) return [];
      const drawn = [...new Set(places.flatMap((place) => drawnBy(rows[place]!.payoff)))];
      const draws = openDraws[way](kernel, { request, law, drawn });
      const all = way === "jumped" ? jumped() : expressions();
      const members = places.map((place) => all[place]!);
      const runner = openBatches(kernel, draws, 1, openPayoffRows(kernel, members, [], draws.inputs));
      return [{ places, paths: draws.paths ?? pathsPerBatch, runner }];
    }),
  );

  return {
    pathsPerBatch,
    numbers: rows.length,
    // Nothing is chosen from a pilot, and no path is singled out by a jump of the payoff.
    pilot: () => blankPilot(request),
    batch(index) {
      const all = new Float64Array(rows.length);
      for (const { places, paths, runner } of runners()) {
        const means = runner.run(index, paths);
        for (const [i, place] of places.entries()) all[place]! += means[i]!;
      }
      return all;
    },
    close: () => kernel.release(mark),
    merge(batches) {
      const { asset, bond } = knownMeans(schedule);
      const discount = discountFactor(schedule);
      const means = (row: number, g: number) =>
        Float64Array.from(batches, (batch) => batch[row * derivatives.length + g]!);
      const centred = (row: number, g: number, mean: (derivative: Derivative) => number) => ({
        values: means(row, g).map((value) => value - discount * mean(derivatives[g]!)),
        size: discount * mean([]) * spotScale(schedule, derivatives[g]!),
      });
      /** By the row of the asset that is smoothed alike, and by derivative. */
      const fitOf = remembered((place: number) => {
        const [assetRow, g] = [Math.floor(place / derivatives.length), place % derivatives.length];
        const bondRow = assetRow + smoothings.length;
        return openCrossFit([
          centred(assetRow, g, asset),
          centred(assetRow, 0, asset),
          centred(bondRow, g, bond),
        ]);
      });
      return {
        scoreZ: derivatives.map(() => 0),
        cost(t) {
          const costOf = (all: readonly Expression[]) =>
            rowsCost(all.slice(t * derivatives.length, (t + 1) * derivatives.length));
          const ofJumps = isApart ? JUMPED_SHARE * costOf(jumped()) : 0;
          return (law.kind === "latent" ? law.cost : 0) + 2 * dates.length + costOf(expressions()) + ofJumps;
        },
        of(t, g) {
          const values = means(t, g);
          const { payoff, way } = rows[t * derivatives.length + g]!;
          // Rounding is all that there is to regress on, and does not average out.
          if (way !== "simulated") return widened(values);
          if (payoff === null) return values;
          const assetRow = request.amounts.length + smoothings.indexOf(payoff.smoothing);
          return fitOf(assetRow * derivatives.length + g)(values);
        },
      };
    },
  };
}

/** What rounds alike in every batch is not seen: for that the error bar is so many times as long. */
const UNSEEN = 4;

/** With the spread of a single batch, and for what is unseen, as their standard error. */
function widened(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const { mean } = batchStatistics(values);
  const times = UNSEEN * Math.sqrt(values.length);
  return values.map((value) => mean + times * (value - mean));
}

/** With the numbers of the law filled in; where nothing is simulated an input, after the uniforms, takes the place of the spot. */
function differentiated(
  rows: readonly Row[],
  numbers: LawNumbers,
  spotColumn: number,
  mean: (value: Expression) => Expression = (value) => value,
): readonly Expression[] {
  const filled = openWithMarket(numbers.value);
  const filledButSpot = openWithMarket((leaf) =>
    leaf.name === "spot" && leaf.by.length === 0 ? input(spotColumn) : numbers.value(leaf),
  );
  const derivativesOf = remembered(({ value }: SmoothPayoff) => openDerivatives(mean(value), numbers));
  return rows.map(({ payoff, wrt, way }) => {
    // A number would be wrong.
    if (payoff === null) return constant(Number.NaN);
    const derivative = derivativesOf(payoff)(wrt);
    return way === "simulated" ? filled(derivative) : filledButSpot(derivative);
  });
}

/** The derivatives of a smoothed payoff, in numbers of the market. */
function openDerivatives(
  value: Expression,
  { moves, hasScore }: LawNumbers,
): (derivative: Derivative) => Expression {
  const openNext = (parameter: string) =>
    openDerivative({
      market: (leaf) => marketSlope(leaf, parameter, moves),
      price: () => null,
    });
  const known = new Map<string, (expression: Expression) => Expression>();
  const next = (parameter: string) => {
    if (!known.has(parameter)) known.set(parameter, openNext(parameter));
    return known.get(parameter)!;
  };
  let gradient: ReturnType<typeof marketGradient> | undefined;
  const first = (parameter: string): Expression => {
    // The spot enters at few places: forwards, its second derivative is a fifth shorter. What enters everywhere goes backwards.
    if (parameter === "spot") return next("spot")(value);
    gradient ??= marketGradient(value);
    const smooth = gradient.reduce<Expression | null>((sum, { leaf, slope }) => {
      const moved = marketSlope(leaf, parameter, moves);
      return moved === null ? sum : plus(sum, multiply(slope, moved));
    }, null);
    if (!hasScore(parameter)) return smooth ?? constant(0);
    return plus(smooth, multiply(value, { ...market("score"), by: [parameter] }));
  };
  return (derivative) => {
    // Through the spot last, as every derivative but its own is shared then.
    const [parameter, ...others] = [...derivative].sort(
      (a, b) => Number(a === "spot") - Number(b === "spot"),
    );
    if (parameter === undefined) return value;
    return others.reduce((part, other) => next(other)(part), first(parameter));
  };
}

/** The intervals whose uniforms a payoff looks at. */
function uniformsIn({ value }: SmoothPayoff, intervals: number): readonly number[] {
  const columns = partsInOrder(value).flatMap((part) => (part.op === "input" ? [part.column] : []));
  return [...new Set(columns)].filter((column) => column < intervals);
}
