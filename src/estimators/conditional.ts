import type { Law } from "../dynamics/dynamics.js";
import { type BatchRunner, openBatches } from "../gradients/batch-means.js";
import { batchStatistics } from "../gradients/batch-statistics.js";
import { openCrossFit } from "../gradients/control-variates.js";
import type { Derivative } from "../gradients/distribution.js";
import { drawsPerBatch, openUniforms } from "../gradients/noise.js";
import { BLOCK, type Kernel, type Pointer } from "../kernel/kernel.js";
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
/** What one last bit is of a number. */
const LAST_BIT = 2 ** -52;

/**
 * Conditional Monte Carlo: the payoff is rewritten with its jumps integrated out, as an expression in uniforms and in the law's m_k
 * and s_k, and differentiated as such, ∂_a V = E[Σ_k h_{m_k} ∂_a m_k + h_{s_k} ∂_a s_k]; where the latent path has a score q_a,
 * E[h q_a] comes on top. The asset, whose Greeks are known, is a control. Unbiased. Glasserman (2003), §4.5 and §7.2.3; Glasserman
 * and Staum (2001).
 *
 * A payoff of the final price under a constant law leaves nothing to simulate, and is exact but for rounding. That is measured: every
 * batch moves the spot by another last bit, and where terms cancel the batches scatter. Chesneaux and Vignes, stochastic arithmetic,
 * after Vignes, Math. Comput. Simul. 35 (1993) 233.
 */
function openConditional(kernel: Kernel, request: RunRequest): ScheduleRun {
  const { schedule, derivatives, sampler } = request;
  const { dates } = schedule;
  const mark = kernel.mark();
  const law = lawOf(schedule, derivatives);
  /** How each derivative of each payoff is smoothed; null is one that nobody has asked for. */
  const payoffs = request.amounts.map((amount, t) => {
    const ways = smoothPayoffs({ dates, amount, earlier: request.earlier?.[t] ?? [] });
    if (typeof ways === "string") throw new Error(`conditional must be asked first: ${ways}`);
    return derivatives.map((wrt) => ways.find((way) => hasDerivative(way, wrt)) ?? null);
  });
  const used = payoffs.flat().filter((way) => way !== null);
  const smoothings = [...new Set(used.map(({ smoothing }) => smoothing))];
  // S_T and 1, whose Greeks are known, smoothed in the ways that the payoffs are.
  const controls = [price(dates.length - 1), constant(1)].flatMap((amount) =>
    smoothings.map((smoothing) => smoothedBy(smoothing, { dates, amount }) as SmoothPayoff),
  );
  const drawn = uniformsIn([...new Set([...used, ...controls])], dates.length);
  const isConstant = law.kind === "constant" && drawn.length === 0;
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  const fewest = isConstant ? FEWEST_PATHS : pathsPerBatch;
  const rows = [...payoffs, ...controls.map((control) => derivatives.map(() => control))];
  // Who merges what others have run needs none of it.
  const numbers = lawNumbers(schedule, law, dates.length);
  const expressions = once(() =>
    differentiated(rows, request, isConstant ? withSpotIn(dates.length, numbers) : numbers),
  );
  const runner = once(() => openRunner(kernel, { request, law, drawn, expressions: expressions() }));

  return {
    pathsPerBatch,
    // Nothing is chosen from a pilot, and no path is singled out by a jump of the payoff.
    pilot: () => blankPilot(request),
    batch: (index) => runner().run(index, fewest),
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
          const own = expressions().slice(t * derivatives.length, (t + 1) * derivatives.length);
          return (law.kind === "latent" ? law.cost : 0) + 2 * dates.length + rowsCost(own);
        },
        of(t, g) {
          const values = means(t, g);
          const way = payoffs[t]![g]!;
          // Rounding is all that there is to regress on, and does not average out.
          if (isConstant) return widened(values);
          if (way === null) return values;
          const assetRow = payoffs.length + smoothings.indexOf(way.smoothing);
          return fitOf(assetRow * derivatives.length + g)(values);
        },
      };
    },
  };
}

/** An input takes the place of the spot. */
function withSpotIn(column: number, numbers: LawNumbers): LawNumbers {
  return {
    ...numbers,
    value: (leaf) => (leaf.name === "spot" && leaf.by.length === 0 ? input(column) : numbers.value(leaf)),
  };
}

/** Up and down by turns. */
function shaken(spot: number, batch: number): number {
  const bits = batch % 2 === 0 ? batch / 2 : -(batch + 1) / 2;
  return spot * (1 + bits * LAST_BIT);
}

/** What rounds alike in every batch is not seen: for that the error bar is so many times as long. */
const UNSEEN = 4;

/** With the spread of a single batch, and for what is unseen, as their standard error. */
function widened(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const { mean } = batchStatistics(values);
  const times = UNSEEN * Math.sqrt(values.length);
  return values.map((value) => mean + times * (value - mean));
}

/** The rows of the run: every derivative of every payoff, with the numbers of the law filled in. */
function differentiated(
  payoffs: readonly (readonly (SmoothPayoff | null)[])[],
  { derivatives }: RunRequest,
  numbers: LawNumbers,
): readonly Expression[] {
  const filled = openWithMarket(numbers.value);
  const opened = new Map<SmoothPayoff, (derivative: Derivative) => Expression>();
  const derivativesOf = (way: SmoothPayoff) => {
    if (!opened.has(way)) opened.set(way, openDerivatives(way, numbers));
    return opened.get(way)!;
  };
  return payoffs.flatMap((ways) =>
    ways.map((way, g) =>
      // A number would be wrong.
      way === null ? constant(Number.NaN) : filled(derivativesOf(way)(derivatives[g]!)),
    ),
  );
}

/** Uniforms, then the law's columns, or where it has none the spot, by a bit more or less in every batch; and the rows on them. */
function openRunner(
  kernel: Kernel,
  {
    request: { schedule, seed, sampler },
    law,
    drawn,
    expressions,
  }: {
    readonly request: RunRequest;
    readonly law: Law;
    /** The intervals whose uniforms are looked at. */
    readonly drawn: readonly number[];
    readonly expressions: readonly Expression[];
  },
): BatchRunner {
  const { dates } = schedule;
  const latent = law.kind === "latent" ? law : null;
  const key = pathKey(schedule, seed, "main");
  const uniforms = openUniforms(kernel, sampler, key, dates.length);
  const uniformColumns = openColumns(kernel, dates.length);
  const laws = latent === null ? [] : dates.map(() => openIntervalLaw(kernel, latent));
  const state = openColumns(kernel, latent?.stateColumns ?? 0);
  const ones = kernel.allocate(BLOCK * 8);
  kernel.exports.fill(ones, 1, BLOCK);
  const [spot] = openColumns(kernel, 1) as [Pointer];
  const lawColumns = latent === null ? [spot] : laws.flatMap(asInputs);
  const tiles = openPayoffRows(kernel, expressions, [], [...uniformColumns, ...lawColumns]);
  const draws = {
    coordinates: [],
    weights: ones,
    draw(batch: number, firstPath: number, paths: number) {
      for (const k of drawn) uniforms(uniformColumns[k]!, k, batch, firstPath, paths);
      for (const [k, columns] of laws.entries())
        latent!.fill(kernel, k, { ...columns, state, key, paths, firstPath, batch });
      if (latent === null) kernel.exports.fill(spot, shaken(schedule.spot, batch), paths);
    },
  };
  return openBatches(kernel, draws, 1, tiles);
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
function uniformsIn(payoffs: readonly SmoothPayoff[], intervals: number): readonly number[] {
  const used = new Set<number>();
  const seen = new Set<Expression>();
  for (const { value } of payoffs)
    for (const part of partsInOrder(value, seen)) {
      seen.add(part);
      if (part.op === "input") used.add(part.column);
    }
  return [...used].filter((column) => column < intervals).sort((a, b) => a - b);
}
