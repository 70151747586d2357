import { openBatches } from "../gradients/batch-means.js";
import { crossFitted } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch, openUniforms } from "../gradients/noise.js";
import { BLOCK, type Kernel } from "../kernel/kernel.js";
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
import { type Smoothing, type SmoothPayoff, smoothedBy, smoothPayoff } from "../payoffs/smooth/smooth.js";
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
    const smooth = smoothPayoff(payoff);
    if (typeof smooth === "string") return () => smooth;
    return (derivative) =>
      hasDerivative(smooth, derivative) ? null : "the payoff keeps kinks between its later prices";
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

  const payoffs = request.amounts.map((amount, t): SmoothPayoff => {
    const smooth = smoothPayoff({ dates, amount, earlier: request.earlier?.[t] ?? [] });
    if (typeof smooth === "string") throw new Error(`conditional must be asked first: ${smooth}`);
    return smooth;
  });
  const controls = openControls(dates, payoffs);
  const filled = openWithMarket(numbers.value);
  const expressions = [...payoffs, ...controls.payoffs].flatMap((payoff) =>
    differentiated(payoff, derivatives, numbers, filled),
  );
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
      return {
        scoreZ: derivatives.map(() => 0),
        cost(t) {
          const own = expressions.slice(t * derivatives.length, (t + 1) * derivatives.length);
          return (latent?.cost ?? 0) + 2 * dates.length + rowsCost(own);
        },
        of(t, g) {
          const values = means(t, g);
          // Without spread there is nothing to control, and nothing but rounding to regress on.
          if (isConstant) return values;
          const { assetRow, bondRow } = controls.rowsOf(payoffs[t]!);
          return crossFitted(values, [
            centred(assetRow, g, asset),
            centred(assetRow, 0, asset),
            centred(bondRow, g, bond),
          ]);
        },
      };
    },
  };
}

/** S_T and 1, whose Greeks are known, smoothed in the ways that the payoffs are. */
function openControls(dates: readonly number[], payoffs: readonly SmoothPayoff[]) {
  const smoothings = [...new Set(payoffs.map(({ smoothing }) => smoothing))];
  const smoothed = (amount: Expression) => (smoothing: Smoothing) =>
    smoothedBy(smoothing, { dates, amount }) as SmoothPayoff;
  return {
    payoffs: [...smoothings.map(smoothed(price(dates.length - 1))), ...smoothings.map(smoothed(constant(1)))],
    rowsOf({ smoothing }: SmoothPayoff) {
      const place = payoffs.length + smoothings.indexOf(smoothing);
      return { assetRow: place, bondRow: place + smoothings.length };
    },
  };
}

/** The rows of one payoff: its derivatives, with the numbers of the law `filled` in. */
function differentiated(
  payoff: SmoothPayoff,
  derivatives: readonly Derivative[],
  numbers: LawNumbers,
  filled: (expression: Expression) => Expression,
): readonly Expression[] {
  const { value } = payoff;
  const openNext = (parameter: string) =>
    openDerivative({
      market: (leaf) => marketSlope(leaf, parameter, numbers.moves),
      price: () => null,
    });
  const known = new Map<string, (expression: Expression) => Expression>();
  const next = (parameter: string) => {
    if (!known.has(parameter)) known.set(parameter, openNext(parameter));
    return known.get(parameter)!;
  };
  let gradient: ReturnType<typeof marketGradient> | undefined;
  const first = (parameter: string): Expression => {
    // The spot enters once, at the start: forwards, its second derivative is a fifth shorter. What enters everywhere goes backwards.
    if (parameter === "spot") return next("spot")(value);
    gradient ??= marketGradient(value);
    const smooth = gradient.reduce<Expression | null>((sum, { leaf, slope }) => {
      const moved = marketSlope(leaf, parameter, numbers.moves);
      return moved === null ? sum : plus(sum, multiply(slope, moved));
    }, null);
    if (!numbers.hasScore(parameter)) return smooth ?? constant(0);
    return plus(smooth, multiply(value, { ...market("score"), by: [parameter] }));
  };
  return derivatives.map((derivative) => {
    // Asked for by nobody: a number here would be wrong.
    if (!hasDerivative(payoff, derivative)) return constant(Number.NaN);
    // Through the spot last, as every derivative but its own is shared then.
    const [parameter, ...others] = [...derivative].sort(
      (a, b) => Number(a === "spot") - Number(b === "spot"),
    );
    if (parameter === undefined) return filled(value);
    const slope = others.reduce((part, other) => next(other)(part), first(parameter));
    return filled(slope);
  });
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
