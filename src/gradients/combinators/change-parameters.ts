import { BLOCK } from "../../kernel/kernel.js";
import type { NumberTable } from "../../numerics/terms.js";
import { type ColumnDistribution, columnDistribution, pairIndex } from "../column-distribution.js";

export interface ParameterChange {
  readonly name: string;
  readonly terms: NumberTable;
  readonly values: Readonly<Record<string, number>>;
  /** ∂β_b/∂θ_j of the base's parameters β in the new ones θ: a row per β. */
  readonly jacobian: readonly (readonly number[])[];
  /** ∂²β_b/∂θ_i∂θ_j, a matrix per β; without it there are no second-order scores. */
  readonly curvature?: readonly (readonly (readonly number[])[])[];
}

/**
 * The same distribution in other parameters, by the chain rule: s_θ = Jᵀ s_β, and for the second order
 * Jᵀ (∂² log p) J + Σ_b s_b ∂²β_b. So market parameters (spot, volatility, rate) drive a normal's mean and deviation.
 */
export function changeParameters(base: ColumnDistribution, change: ParameterChange): ColumnDistribution {
  const { jacobian, curvature } = change;
  const baseCount = base.parameters.length;
  const count = Object.keys(change.terms).length;
  const bases = Array.from({ length: baseCount }, (_, b) => b);
  const scratch = (columns: number) => {
    const full = Array.from({ length: columns }, () => new Float64Array(BLOCK));
    return (n: number) => full.map((column) => column.subarray(0, n));
  };
  const scores = scratch(baseCount);
  const jacobians = scratch((baseCount * (baseCount + 1)) / 2);
  const tangents = scratch(base.dimension);
  const { score, scoreJacobian, pathwise, weakDerivative, relaxable, entropy } = base;
  const addScaled = (out: Float64Array, column: Float64Array, factor: number) => {
    if (factor !== 0) for (let i = 0; i < out.length; i++) out[i]! += factor * column[i]!;
  };
  const slope = (b: number, j: number) => jacobian[b]![j]!;

  return columnDistribution({
    ...base,
    name: change.name,
    terms: change.terms,
    values: change.values,
    score:
      typeof score === "string"
        ? score
        : (x, out) => {
            const byBase = scores(x[0]!.length);
            score(x, byBase);
            for (let j = 0; j < count; j++) {
              out[j]!.fill(0);
              for (const b of bases) addScaled(out[j]!, byBase[b]!, slope(b, j));
            }
          },
    scoreJacobian:
      typeof scoreJacobian === "string" || typeof score === "string"
        ? scoreJacobian
        : curvature === undefined
          ? "the change of its parameters has no second derivatives"
          : (x, out) => {
              const n = x[0]!.length;
              const byBase = scores(n);
              const byPair = jacobians(n);
              score(x, byBase);
              scoreJacobian(x, byPair);
              for (let i = 0; i < count; i++) {
                for (let j = i; j < count; j++) {
                  const target = out[pairIndex(i, j, count)]!;
                  target.fill(0);
                  for (const b of bases) {
                    addScaled(target, byBase[b]!, curvature[b]![i]![j]!);
                    for (const c of bases) {
                      const pair = byPair[pairIndex(Math.min(b, c), Math.max(b, c), baseCount)]!;
                      addScaled(target, pair, slope(b, i) * slope(c, j));
                    }
                  }
                }
              }
            },
    pathwise:
      typeof pathwise === "string"
        ? pathwise
        : {
            noise: pathwise.noise,
            obstacle: (j) => obstacleOf(pathwise.obstacle, j),
            tangent(block, j, out) {
              const byBase = tangents(out[0]!.length);
              for (const column of out) column.fill(0);
              for (const b of bases) {
                if (slope(b, j) === 0) continue;
                pathwise.tangent(block, b, byBase);
                for (const [i, column] of out.entries()) addScaled(column, byBase[i]!, slope(b, j));
              }
            },
          },
    weakDerivative:
      typeof weakDerivative === "string"
        ? weakDerivative
        : {
            noise: weakDerivative.noise,
            obstacle: (j) => obstacleOf(weakDerivative.obstacle, j),
            pairs: (j) => pairsOf(j).length,
            pair({ j, m }, block, out) {
              const { b, of } = pairsOf(j)[m]!;
              weakDerivative.pair({ j: b, m: of }, block, out);
              for (let i = 0; i < out.weight.length; i++) out.weight[i]! *= slope(b, j);
            },
          },
    relaxable:
      typeof relaxable === "string"
        ? relaxable
        : {
            groups: relaxable.groups,
            jacobian: relaxable.jacobian.map((row) =>
              Array.from({ length: count }, (_, j) => row.reduce((sum, by, b) => sum + by * slope(b, j), 0)),
            ),
          },
    entropy:
      typeof entropy === "string"
        ? entropy
        : {
            value: entropy.value,
            gradient: Array.from({ length: count }, (_, j) =>
              entropy.gradient.reduce((sum, by, b) => sum + by * slope(b, j), 0),
            ),
          },
  });

  function obstacleOf(ofBase: ((b: number) => string | null) | undefined, j: number): string | null {
    const reasons = bases.map((b) => (slope(b, j) === 0 ? null : (ofBase?.(b) ?? null)));
    return reasons.find((reason) => reason !== null) ?? null;
  }

  /** The base's pairs that move with θ_j. */
  function pairsOf(j: number): readonly { readonly b: number; readonly of: number }[] {
    if (typeof weakDerivative === "string") return [];
    return bases.flatMap((b) =>
      slope(b, j) === 0 ? [] : Array.from({ length: weakDerivative.pairs(b) }, (_, of) => ({ b, of })),
    );
  }
}
