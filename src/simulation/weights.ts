import type { ConstantLaw, LatentLaw, Law, ScoreParameter } from "../dynamics/dynamics.js";
import { type Derivative, pairKey } from "../gradients/distribution.js";
import { BLOCK, COLUMN_BYTES, type Kernel, type Pointer } from "../kernel/kernel.js";
import { power, square } from "../numerics/elementary.js";
import { discountTangent, type Schedule } from "./schedule.js";
import { firstOrderTerms, secondOrderTerms } from "./score-terms.js";

/** Where an interval's law and random number stand in kernel memory. */
export interface IntervalColumns {
  /** Standard normal of the interval's log-return. */
  readonly z: Pointer;
  /** The latent law's m tangents, s tangents and s; unused by a constant law. */
  readonly meanTangents: readonly Pointer[];
  readonly deviationTangents: readonly Pointer[];
  readonly deviation: Pointer;
  /** ∂²m, ∂²s per pair of the law; and the scores of its latent path. */
  readonly meanSecond: readonly Pointer[];
  readonly deviationSecond: readonly Pointer[];
  readonly latentScores: readonly Pointer[];
}

/** The weights of a block, W, built up interval by interval. */
export interface Weights {
  begin(paths: number): void;
  interval(k: number, columns: IntervalColumns, paths: number): void;
  finish(paths: number): void;
}

/**
 * The likelihood-ratio weights of `derivatives`, a column for each from `pointer` on, COLUMN_BYTES apart. With z_k the normals of the
 * intervals, μ_a = ∂_a m/s, σ_a = ∂_a s/s, and the discount factor counted as part of the density:
 *
 *   W_a  = ∂_a ln D + Σ_k [ z μ_a + (z² − 1) σ_a ]
 *   W_ab = W_a W_b + Σ_k [ z ∂_ab m/s + (z² − 1) ∂_ab s/s − μ_a μ_b − 2z (μ_a σ_b + μ_b σ_a) − (3z² − 1) σ_a σ_b ]
 *
 * and all of them times `ratio`, a column, where normals are drawn from another density.
 * Glasserman, Monte Carlo Methods in Financial Engineering (2003), §7.3, for Gaussian log-returns.
 */
export function openWeights(
  kernel: Kernel,
  schedule: Schedule,
  law: Law,
  derivatives: readonly Derivative[],
  pointer: Pointer,
  ratio: Pointer | null,
): Weights {
  const { exports: ops } = kernel;

  const firstOrder = new Map<ScoreParameter, Pointer>();
  const secondOrder = new Map<string, Pointer>();
  derivatives.forEach((derivative, j) => {
    const column = pointer + j * COLUMN_BYTES;
    if (derivative.length === 1) firstOrder.set(derivative[0]!, column);
    if (derivative.length === 2) secondOrder.set(pairKey(derivative[0]!, derivative[1]!), column);
  });
  // Orders build on each other: a second-order weight needs both first-order ones, requested or not.
  const columnOf = (map: Map<string, Pointer>, key: string) => {
    if (!map.has(key)) map.set(key, kernel.allocate(COLUMN_BYTES));
    return map.get(key)!;
  };
  for (const derivative of derivatives) {
    if (derivative.length === 3) columnOf(secondOrder, pairKey("spot", "spot"));
    if (derivative.length > 1) for (const parameter of derivative) columnOf(firstOrder, parameter);
  }
  const thirdOrder = derivatives.flatMap((derivative, j) =>
    derivative.length === 3 ? [pointer + j * COLUMN_BYTES] : [],
  );
  const ones: Pointer[] = [];
  const others: Pointer[] = [];
  for (const [j, { length }] of derivatives.entries())
    (length === 0 ? ones : others).push(pointer + j * COLUMN_BYTES);
  for (const column of ones) ops.fill(column, 1, BLOCK);
  const pairs = [...secondOrder].map(([key, column]) => {
    const [a, b] = key.split(",") as [ScoreParameter, ScoreParameter];
    return { a, b, column };
  });

  const targets = { firstOrder, pairs };
  const scores =
    law.kind === "constant"
      ? constantScores(kernel, schedule, law, targets)
      : latentScores(kernel, schedule, law, targets);
  const scratch = kernel.allocate(COLUMN_BYTES);
  const inverseVariance = thirdOrder.length > 0 ? kernel.allocate(COLUMN_BYTES) : 0;

  return {
    begin: scores.begin,
    interval(k, columns, paths) {
      scores.interval(k, columns, paths);
      if (k === 0 && thirdOrder.length > 0) {
        if (law.kind === "constant")
          ops.fill(inverseVariance, 1 / square(law.intervals[0]!.deviation), paths);
        else {
          ops.multiply(inverseVariance, columns.deviation, columns.deviation, paths);
          ops.scalarDivide(inverseVariance, 1, inverseVariance, paths);
        }
      }
    },
    finish(paths) {
      for (const { a, b, column } of pairs) {
        ops.multiplyAdd(column, firstOrder.get(a)!, firstOrder.get(b)!, paths);
      }
      // W_SSS = W_S W_SS − 2 W_SS / S + (1 − 2 S W_S) / (S³ s²), from H3 − 3 H2 + 2 H1 of the first interval.
      for (const column of thirdOrder) {
        const { spot } = schedule;
        const delta = firstOrder.get("spot")!;
        const gamma = secondOrder.get(pairKey("spot", "spot"))!;
        ops.multiplyScalar(scratch, delta, -2 / square(spot), paths);
        ops.addScalar(scratch, scratch, 1 / power(spot, 3), paths);
        ops.multiply(column, scratch, inverseVariance, paths);
        ops.multiplyAdd(column, delta, gamma, paths);
        ops.multiplyAddScalar(column, gamma, -2 / spot, paths);
      }
      if (ratio === null) return;
      for (const column of ones) ops.copy(column, ratio, paths);
      for (const column of others) ops.multiply(column, column, ratio, paths);
    },
  };
}

interface Targets {
  readonly firstOrder: ReadonlyMap<ScoreParameter, Pointer>;
  readonly pairs: readonly {
    readonly a: ScoreParameter;
    readonly b: ScoreParameter;
    readonly column: Pointer;
  }[];
}

interface IntervalScores {
  begin(paths: number): void;
  interval(k: number, columns: IntervalColumns, paths: number): void;
}

/** The interval's sums when m and s are numbers: each is c0 + c1 z + c2 (z² − 1). */
function constantScores(
  { exports: ops }: Kernel,
  schedule: Schedule,
  law: ConstantLaw,
  { firstOrder, pairs }: Targets,
): IntervalScores {
  const intervals = law.intervals.map((_, k) => [
    ...[...firstOrder].map(([a, column]) => ({ column, ...firstOrderTerms(schedule, law, k, a) })),
    ...pairs.map(({ a, b, column }) => ({ column, ...secondOrderTerms(schedule, law, k, a, b) })),
  ]);
  return {
    // The first interval writes over what is there.
    begin() {},
    interval(k, { z }, paths) {
      for (const { column, c0, c1, c2 } of intervals[k]!) {
        if (k === 0) ops.scoreBegin(column, z, c0, c1, c2, paths);
        else if (c0 !== 0 || c1 !== 0 || c2 !== 0) ops.scoreConstant(column, z, c0, c1, c2, paths);
      }
    },
  };
}

/** The interval's sums when m and s are columns. Of pairs with the spot, only the first interval sees anything. */
function latentScores(kernel: Kernel, schedule: Schedule, law: LatentLaw, targets: Targets): IntervalScores {
  const { exports: ops } = kernel;
  const { spot } = schedule;
  const scratch = kernel.allocate(COLUMN_BYTES);
  const sum = kernel.allocate(COLUMN_BYTES);

  const interval = (k: number, columns: IntervalColumns, paths: number) => {
    const { z, deviation, meanTangents, deviationTangents } = columns;
    for (const [parameter, column] of targets.firstOrder) {
      const shift = parameter === "spot" ? (k === 0 ? 1 / spot : 0) : law.shifts[parameter]?.[k];
      if (shift !== undefined) {
        if (shift !== 0) ops.scoreShift(column, z, deviation, shift, paths);
      } else {
        const j = law.tangentParameters.indexOf(parameter);
        ops.scoreColumns(column, z, meanTangents[j]!, deviationTangents[j]!, deviation, paths);
        const latent = law.latentScores?.indexOf(parameter) ?? -1;
        if (latent >= 0) ops.add(column, column, columns.latentScores[latent]!, paths);
      }
    }
    for (const { a, b, column } of targets.pairs)
      if (a !== "spot" && b !== "spot") ownPair(a, b, column, columns, paths);
    if (k > 0) return;
    // With a = spot: μ_S = 1/(S s) and σ_S = 0, so the sum is −[ ∂_b m + 2z ∂_b s (+ z s / S if b is the spot) ] / (S s²).
    for (const { a, b, column } of targets.pairs) {
      if (a !== "spot" && b !== "spot") continue;
      const other = a === "spot" ? b : a;
      if (other === "spot") {
        ops.multiply(sum, z, deviation, paths);
        ops.addScalar(sum, sum, 1, paths);
        ops.divideScalar(sum, sum, spot, paths);
      } else if (law.shifts[other] !== undefined) {
        ops.fill(sum, law.shifts[other][k]!, paths);
      } else {
        const j = law.tangentParameters.indexOf(other);
        ops.multiplyScalar(sum, z, 2, paths);
        ops.multiply(sum, sum, deviationTangents[j]!, paths);
        ops.add(sum, sum, meanTangents[j]!, paths);
      }
      ops.multiply(scratch, deviation, deviation, paths);
      ops.divide(sum, sum, scratch, paths);
      ops.multiplyAddScalar(column, sum, -1 / spot, paths);
    }
  };
  return {
    begin(paths) {
      for (const [parameter, column] of targets.firstOrder)
        ops.fill(column, discountTangent(schedule, parameter), paths);
      for (const { column } of targets.pairs) ops.fill(column, 0, paths);
    },
    interval,
  };

  /** [z m_ab + (z² − 1) s_ab]/s − [m_a m_b + 2z (m_a s_b + m_b s_a) + (3z² − 1) s_a s_b]/s². */
  function ownPair(a: string, b: string, column: Pointer, columns: IntervalColumns, paths: number): void {
    const { z, deviation } = columns;
    const [i, j] = [law.tangentParameters.indexOf(a), law.tangentParameters.indexOf(b)];
    const pair = law.pairs?.indexOf(pairKey(a, b)) ?? -1;
    if (i < 0 || j < 0 || pair < 0)
      throw new Error(`the law must carry the second tangents of ${a} and ${b}`);
    const [ma, mb] = [columns.meanTangents[i]!, columns.meanTangents[j]!];
    const [sa, sb] = [columns.deviationTangents[i]!, columns.deviationTangents[j]!];
    ops.scoreColumns(column, z, columns.meanSecond[pair]!, columns.deviationSecond[pair]!, deviation, paths);
    ops.multiply(sum, ma, sb, paths);
    ops.multiplyAdd(sum, mb, sa, paths);
    ops.multiplyScalar(sum, sum, 2, paths);
    ops.multiply(sum, sum, z, paths);
    ops.multiplyAdd(sum, ma, mb, paths);
    ops.multiply(scratch, z, z, paths);
    ops.multiplyScalar(scratch, scratch, 3, paths);
    ops.subtractScalar(scratch, scratch, 1, paths);
    ops.multiply(scratch, scratch, sa, paths);
    ops.multiplyAdd(sum, scratch, sb, paths);
    ops.multiply(scratch, deviation, deviation, paths);
    ops.divide(sum, sum, scratch, paths);
    ops.subtract(column, column, sum, paths);
  }
}
