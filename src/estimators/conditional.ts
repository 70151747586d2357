import { openBatches } from "../gradients/batch-means.js";
import { openCrossFit } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch, openUniforms } from "../gradients/noise.js";
import { BLOCK, type Kernel } from "../kernel/kernel.js";
import { remembered } from "../numerics/remembered.js";
import { constant, market, multiply, price } from "../payoffs/build.js";
import {
  marketGradient,
  marketSlope,
  openDerivative,
  openWithMarket,
  plus,
} from "../payoffs/differentiate.js";
import type { Expression } from "../payoffs/expression.js";
import { partsInOrder } from "../payoffs/operands.js";
import { type Smoothing, type SmoothPayoff, smoothedBy, smoothPayoffs } from "../payoffs/smooth/smooth.js";
import { asInputs, openColumns, openIntervalLaw } from "../simulation/latent-columns.js";
import { type LawNumbers, lawNumbers } from "../simulation/law-numbers.js";
import { lawOf, pathKey } from "../simulation/paths.js";
import { openPayoffRows, rowsCost } from "../simulation/payoff-rows.js";
import { discountFactor, knownMeans, spotScale } from "../simulation/schedule.js";
import { blankPilot } from "./control-variates.js";
import type { Estimator, RunRequest, ScheduleRun } from "./estimator.js";

export const conditional: Estimator = {
  meaning:
    "jumps integrated out, by one-step survival or over the first return, then differentiated path by path",
  bias: null,
  obstacle(_, payoff) {
    const ways = smoothPayoffs(payoff);
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

/** What the kernel handles at once. */
const FEWEST_PATHS = 16;

/**
 * Conditional Monte Carlo: the payoff is rewritten with its jumps integrated out, as an expression in uniforms and in the law's m_k
 * and s_k, and differentiated as such, ∂_a V = E[Σ_k h_{m_k} ∂_a m_k + h_{s_k} ∂_a s_k]; where the latent path has a score q_a,
 * E[h q_a] comes on top. A payoff of the final price under a constant law leaves nothing to simulate, and is exact. The asset,
 * whose Greeks are known, is a control. Unbiased. Glasserman (2003), §4.5 and §7.2.3; Glasserman and Staum (2001).
 */
function openConditional(kernel: Kernel, request: RunRequest): ScheduleRun {
  const { schedule, derivatives, seed, sampler } = request;
  const { dates } = schedule;
  const mark = kernel.mark();
  const law = lawOf(schedule, derivatives);
  const latent = law.kind === "latent" ? law : null;
  const key = pathKey(schedule, seed, "main");
  const uniforms = openUniforms(kernel, sampler, key, dates.length);
  const uniformColumns = openColumns(kernel, dates.length);
  const laws = latent === null ? [] : dates.map(() => openIntervalLaw(kernel, latent));
  const state = openColumns(kernel, latent?.stateColumns ?? 0);
  const ones = kernel.allocate(BLOCK * 8);
  kernel.exports.fill(ones, 1, BLOCK);
  const numbers = lawNumbers(schedule, law, dates.length);

  const filled = openWithMarket(numbers.value);
  /** A payoff's rows, one per derivative, and how each was smoothed; null is a derivative that nobody has asked for. */
  const rowsOf = (ways: readonly SmoothPayoff[]): readonly Row[] => {
    const opened = ways.map((way) => ({ way, derivative: openDerivatives(way, numbers) }));
    return derivatives.map((wrt) => {
      const found = opened.find(({ way }) => hasDerivative(way, wrt));
      if (found === undefined) return { amount: constant(Number.NaN), smoothing: null };
      return { amount: filled(found.derivative(wrt)), smoothing: found.way.smoothing };
    });
  };
  const payoffs = request.amounts.map((amount, t): readonly Row[] => {
    const ways = smoothPayoffs({ dates, amount, earlier: request.earlier?.[t] ?? [] });
    if (typeof ways === "string") throw new Error(`conditional must be asked first: ${ways}`);
    return rowsOf(ways);
  });
  const smoothings = [...new Set(payoffs.flat().map(({ smoothing }) => smoothing))].filter(
    (smoothing) => smoothing !== null,
  );
  // S_T and 1, whose Greeks are known, smoothed in the ways that the payoffs are.
  const controls = [price(dates.length - 1), constant(1)].flatMap((amount) =>
    smoothings.map((smoothing) => rowsOf([smoothedBy(smoothing, { dates, amount }) as SmoothPayoff])),
  );
  const expressions = [...payoffs, ...controls].flatMap((rows) => rows.map(({ amount }) => amount));
  const drawn = uniformsIn(expressions, dates.length);
  const tiles = openPayoffRows(kernel, expressions, [], [...uniformColumns, ...laws.flatMap(asInputs)]);
  const draws = {
    coordinates: [],
    weights: ones,
    draw(batch: number, firstPath: number, paths: number) {
      for (const k of drawn) uniforms(uniformColumns[k]!, k, batch, firstPath, paths);
      for (const [k, columns] of laws.entries())
        latent!.fill(kernel, k, { ...columns, state, key, paths, firstPath, batch });
    },
  };
  const runner = openBatches(kernel, draws, 1, tiles);
  const isConstant = latent === null && drawn.length === 0;
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  const fewest = isConstant ? FEWEST_PATHS : pathsPerBatch;

  return {
    pathsPerBatch,
    // Nothing is chosen from a pilot, and no path is singled out by a jump of the payoff.
    pilot: () => blankPilot(request),
    batch: (index) => runner.run(isConstant ? 0 : index, fewest),
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
          const own = expressions.slice(t * derivatives.length, (t + 1) * derivatives.length);
          return (latent?.cost ?? 0) + 2 * dates.length + rowsCost(own);
        },
        of(t, g) {
          const values = means(t, g);
          // Without spread there is nothing to control, and nothing but rounding to regress on.
          const { smoothing } = payoffs[t]![g]!;
          if (isConstant || smoothing === null) return values;
          const assetRow = payoffs.length + smoothings.indexOf(smoothing);
          return fitOf(assetRow * derivatives.length + g)(values);
        },
      };
    },
  };
}

interface Row {
  readonly amount: Expression;
  readonly smoothing: Smoothing | null;
}

/** The derivatives of a smoothed payoff, in numbers of the market. */
function openDerivatives(
  { value }: SmoothPayoff,
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

/** The intervals whose uniforms are looked at. */
function uniformsIn(expressions: readonly Expression[], intervals: number): readonly number[] {
  const used = new Set<number>();
  const seen = new Set<Expression>();
  for (const expression of expressions)
    for (const part of partsInOrder(expression, seen)) {
      seen.add(part);
      if (part.op === "input") used.add(part.column);
    }
  return [...used].filter((column) => column < intervals).sort((a, b) => a - b);
}
