import { logSpotDerivatives } from "../closed-forms/black-scholes.js";
import type { EuropeanPayoff } from "../closed-forms/european-payoff.js";
import { asColumns } from "../dynamics/as-columns.js";
import type { LatentLaw, ScoreParameter } from "../dynamics/dynamics.js";
import type { RowTile } from "../gradients/batch-means.js";
import { type BatchMeans, openBatches } from "../gradients/batch-means.js";
import { crossFitted, NO_CONTROLS } from "../gradients/control-variates.js";
import { type Derivative, pairKey } from "../gradients/distribution.js";
import { drawsPerBatch } from "../gradients/noise.js";
import { BLOCK, type Kernel, type Pointer } from "../kernel/kernel.js";
import type { Payoff } from "../payoffs/payoff.js";
import { lawOf, openLatentColumns, pathKey } from "../simulation/paths.js";
import { discountFactor, discountTangent, knownMeans, type Schedule } from "../simulation/schedule.js";
import type { LikelihoodRatioRequest } from "./likelihood-ratio.js";
import type { ScheduleRun } from "./schedule-run.js";
import { terminalPayoff } from "./terminal-payoff.js";

/** Null when the estimator applies to an amount, else why not, in words. */
export function conditionalObstacle({ dates, amount, earlier = [] }: Payoff): string | null {
  if (earlier.length > 0) return "the payoff pays before the last date";
  const payoff = terminalPayoff(amount, dates.length);
  if (typeof payoff === "string") return payoff;
  return dates.length > 1 ? "the payoff has dates before the last" : null;
}

/** What the kernel handles at once. */
const FEWEST_PATHS = 16;

/** The derivatives of h(m, s) = E[payoff(S e^{m + sz})] that the rows of F hold, in this order. */
const ROWS = ["h", "m", "s", "mm", "ms", "ss", "mmm"] as const;

/**
 * Conditional Monte Carlo: given the latent path the log-return is N(m, s²), and the payoff's mean h(m, s) a closed form, whose
 * derivatives meet the tangents of m and s: ∂_a V = E[h_m m_a + h_s s_a], and so for the second order. The normals are
 * integrated out, so that no payoff is too rough; where the latent path has a score q_a, E[h q_a] comes on top; under a constant law nothing is left to simulate, and the result is exact.
 * The asset, whose Greeks are known, is a control. Unbiased. Romano and Touzi (1997); Glasserman (2003), §4.5 and §7.2.3.
 */
export function openConditional(kernel: Kernel, request: LikelihoodRatioRequest): ScheduleRun {
  const { schedule, derivatives, seed, sampler } = request;
  const mark = kernel.mark();
  const law = latentLaw(schedule, derivatives);
  const latent = { key: pathKey(schedule, seed, "main"), ...openLatentColumns(kernel, law) };
  const payoffs = request.amounts.map((amount) => {
    const payoff = terminalPayoff(amount, schedule.dates.length);
    if (typeof payoff === "string")
      throw new Error(`conditional must be asked for its obstacle first: ${payoff}`);
    return payoff;
  });
  const table = openTangentTable(kernel, { schedule, law, latent, derivatives });
  const columns = table.columns;
  const pathsPerBatch = drawsPerBatch(sampler, request.paths, request.batches);
  const draws = {
    coordinates: [],
    weights: table.pointer,
    draw(batch: number, firstPath: number, paths: number) {
      law.fill(kernel, 0, { ...latent, paths, firstPath, batch });
      table.fill(paths);
    },
  };
  const tiles = [...payoffs, ASSET, BOND].map(
    (payoff): RowTile => openRows(kernel, payoff, schedule.spot, latent),
  );
  const runner = openBatches(kernel, draws, columns, tiles);
  // Under a constant law every path is the same.
  const isConstant = lawOf(schedule, []).kind === "constant";
  let only: BatchMeans | undefined;
  const discount = discountFactor(schedule);
  const at = (t: number, row: (typeof ROWS)[number], column: number) =>
    (t * ROWS.length + ROWS.indexOf(row)) * columns + column;

  return {
    pathsPerBatch,
    // Nothing is chosen from a pilot, and no path is singled out by a jump of the payoff.
    pilot: () =>
      payoffs.map(() =>
        derivatives.map(() => ({ controls: NO_CONTROLS, effectiveShare: 1, rootMeanSquare: 0 })),
      ),
    batch(index) {
      if (!isConstant) return runner.run(index, pathsPerBatch);
      only ??= runner.run(0, FEWEST_PATHS);
      return only;
    },
    close: () => kernel.release(mark),
    merge(batches) {
      const known = knownMeans(schedule);
      const [asset, bond] = [payoffs.length, payoffs.length + 1];
      const estimates = (t: number, derivative: Derivative) =>
        Float64Array.from(batches, (means) =>
          table.derivative(derivative, (row, column) => means[at(t, row, column)]!),
        );
      return {
        scoreZ: derivatives.map(() => 0),
        of(t, g) {
          const derivative = derivatives[g]!;
          // Without spread there is nothing to control, and nothing but rounding to regress on.
          if (isConstant) return estimates(t, derivative).map((value) => discount * value);
          const controls = [
            estimates(asset, derivative).map((value) => value - known.asset(derivative)),
            estimates(asset, []).map((value) => value - known.asset([])),
            estimates(bond, derivative).map((value) => value - known.bond(derivative)),
          ];
          return crossFitted(estimates(t, derivative), controls).map((value) => discount * value);
        },
      };
    },
  };
}

/** S_T and 1, whose Greeks are known: the controls of all others. The bond's vary where the latent path has scores. */
const ASSET: EuropeanPayoff = [{ above: 0, below: Infinity, cash: 0, units: 1 }];
const BOND: EuropeanPayoff = [{ above: 0, below: Infinity, cash: 1, units: 0 }];
function latentLaw(schedule: Schedule, derivatives: readonly Derivative[]): LatentLaw {
  const law = lawOf(schedule, derivatives);
  if (law.kind === "latent") return law;
  const wanted = [...new Set(derivatives.flat())].filter((parameter) => parameter !== "spot");
  const wantedPairs = derivatives.flatMap(([a, b, c]) =>
    a === undefined || b === undefined || c !== undefined || a === "spot" || b === "spot"
      ? []
      : [pairKey(a, b)],
  );
  const { parameters, carry, dates } = schedule;
  return asColumns(law, { parameters, carry, dates, wanted, wantedPairs });
}

/** The rows of one payoff: h and its derivatives in m and s, on every path of a block. */
function openRows(
  kernel: Kernel,
  payoff: EuropeanPayoff,
  spot: number,
  { mean, deviation }: { readonly mean: Pointer; readonly deviation: Pointer },
): RowTile {
  return {
    rows: ROWS.length,
    evaluate(out, paths) {
      const m = kernel.column(mean, paths);
      const s = kernel.column(deviation, paths);
      const rows = ROWS.map((_, row) => kernel.column(out + row * BLOCK * 8, paths));
      for (let i = 0; i < paths; i++) {
        const width = s[i]!;
        const { fromCash, fromUnits, fromJumps, Gh, DGh, DDGh } = logSpotDerivatives(payoff, {
          spot,
          drift: m[i]!,
          deviation: width,
        });
        // With D = ∂/∂m and G = D(D − 1); the heat equation gives h_s = s h_mm.
        const first = fromUnits + fromJumps;
        const second = Gh + first;
        const third = DGh + second;
        const fourth = DDGh + third;
        rows[0]![i] = fromCash + fromUnits;
        rows[1]![i] = first;
        rows[2]![i] = width * second;
        rows[3]![i] = second;
        rows[4]![i] = width * third;
        rows[5]![i] = second + width * width * fourth;
        rows[6]![i] = third;
      }
    },
  };
}

interface TangentRequest {
  readonly schedule: Schedule;
  readonly law: LatentLaw;
  readonly latent: ReturnType<typeof openLatentColumns>;
  readonly derivatives: readonly Derivative[];
}

/**
 * The columns of W: 1; per parameter m_a, s_a and the latent score q_a; per pair their products and the second tangents. And
 * how derivatives are put together from the means of rows times columns.
 */
function openTangentTable(kernel: Kernel, { schedule, law, latent, derivatives }: TangentRequest) {
  const { exports: ops } = kernel;
  const { spot } = schedule;
  const parameters = [...new Set(derivatives.flat())];
  const pairs = [
    ...new Map(
      derivatives.flatMap(([a, b, c]) =>
        a === undefined || b === undefined || c !== undefined
          ? []
          : [[pairKey(a, b), [a, b] as const] as const],
      ),
    ),
  ];
  const perParameter = 3;
  const firstPair = 1 + perParameter * parameters.length;
  const columns = firstPair + PAIR_ROWS.length * pairs.length;
  const pointer = kernel.allocate(columns * BLOCK * 8);
  const column = (index: number) => pointer + index * BLOCK * 8;
  const ofParameter = (parameter: ScoreParameter) => 1 + perParameter * parameters.indexOf(parameter);
  const ofPair = (p: number) => firstPair + PAIR_ROWS.length * p;

  const fillParameter = (parameter: ScoreParameter, paths: number) => {
    const [m, s, q] = [0, 1, 2].map((offset) => column(ofParameter(parameter) + offset)) as [
      number,
      number,
      number,
    ];
    const j = law.tangentParameters.indexOf(parameter);
    if (j >= 0) {
      ops.copy(m, latent.meanTangents[j]!, paths);
      ops.copy(s, latent.deviationTangents[j]!, paths);
    } else {
      ops.fill(m, parameter === "spot" ? 1 / spot : law.shifts[parameter]![0]!, paths);
      ops.fill(s, 0, paths);
    }
    const score = law.latentScores?.indexOf(parameter) ?? -1;
    if (score >= 0) ops.copy(q, latent.latentScores[score]!, paths);
    else ops.fill(q, 0, paths);
  };
  const fillPair = (p: number, [key, [a, b]]: (typeof pairs)[number], paths: number) => {
    const of = (parameter: ScoreParameter, offset: number) => column(ofParameter(parameter) + offset);
    const out = PAIR_ROWS.map((_, offset) => column(ofPair(p) + offset));
    /** x_a y_b + y_a x_b, or x_a x_b. */
    const product = (target: number, x: number, y: number) => {
      ops.multiply(target, of(a, x), of(b, y), paths);
      if (x !== y) ops.multiplyAdd(target, of(a, y), of(b, x), paths);
    };
    product(out[0]!, 0, 0);
    product(out[1]!, 0, 1);
    product(out[2]!, 1, 1);
    const second = law.pairs?.indexOf(key) ?? -1;
    if (second >= 0) {
      ops.copy(out[3]!, latent.meanSecond[second]!, paths);
      ops.copy(out[4]!, latent.deviationSecond[second]!, paths);
    } else {
      ops.fill(out[3]!, a === "spot" && b === "spot" ? -1 / spot ** 2 : 0, paths);
      ops.fill(out[4]!, 0, paths);
    }
    product(out[5]!, 2, 0);
    product(out[6]!, 2, 1);
    product(out[7]!, 2, 2);
  };

  type MeanOf = (row: (typeof ROWS)[number], column: number) => number;
  const once = (parameter: ScoreParameter, mean: MeanOf) => {
    const first = ofParameter(parameter);
    return mean("m", first) + mean("s", first + 1) + mean("h", first + 2);
  };
  return {
    columns,
    pointer,
    fill(paths: number) {
      ops.fill(column(0), 1, paths);
      for (const parameter of parameters) fillParameter(parameter, paths);
      for (const [p, pair] of pairs.entries()) fillPair(p, pair, paths);
    },
    /** The derivative of D h over D; the discount factor D has only first derivatives among the supported pairs. */
    derivative(derivative: Derivative, mean: MeanOf): number {
      const [a, b, c] = derivative;
      const h = mean("h", 0);
      if (a === undefined) return h;
      const discountA = discountTangent(schedule, a);
      if (b === undefined) return once(a, mean) + discountA * h;
      if (c !== undefined) return (mean("mmm", 0) - 3 * mean("mm", 0) + 2 * mean("m", 0)) / spot ** 3;
      const discountB = discountTangent(schedule, b);
      const first = ofPair(pairs.findIndex(([key]) => key === pairKey(a, b)));
      const twice = PAIR_ROWS.reduce((sum, row, offset) => sum + mean(row, first + offset), 0);
      return twice + discountA * once(b, mean) + discountB * once(a, mean) + discountA * discountB * h;
    },
  };
}

/** Which derivative of h meets each column of a pair: m_a m_b, m_a s_b + s_a m_b, s_a s_b, m_ab, s_ab, then q with m, s and q. */
const PAIR_ROWS = ["mm", "ms", "ss", "m", "s", "m", "s", "h"] as const;
