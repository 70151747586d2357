import { BLOCK } from "../../kernel/kernel.js";
import { log } from "../../numerics/elementary.js";
import { inverseNormal, normalCdf, normalDensity } from "../../numerics/normal.js";
import { type ColumnDistribution, type Columns, columnDistribution } from "../column-distribution.js";
import type { Integrand } from "../integrand.js";
import { ENDLESS_SUPPORT, MOVES_IN_JUMPS, NO_ENTROPY, NO_SECOND_ORDER, NOT_RELAXABLE } from "../reasons.js";

const scratch = () => new Float64Array(BLOCK);

/**
 * Defaults of a portfolio in the one-factor Gaussian copula: given the factor Z, name i defaults with probability
 * q_i = Φ((Φ⁻¹(p_i) − √ρ Z) / √(1 − ρ)), independently of the others. Coordinates: Z, then 1 or 0 per name. Parameters: p_i.
 * Li (2000); sensitivities by likelihood ratio and by conditional flips: Chen and Glasserman (2008).
 */
export function creditPortfolio({
  probabilities,
  correlation,
}: {
  readonly probabilities: readonly number[];
  readonly correlation: number;
}): ColumnDistribution {
  const names = probabilities.length;
  const own = Math.sqrt(1 - correlation);
  const common = Math.sqrt(correlation);
  if (!(correlation >= 0 && correlation < 1))
    throw new RangeError(`credit-portfolio: correlation must be >= 0 and < 1, got ${correlation}`);
  // Names of equal probability share their conditional one, which is computed once per draw and not once per name.
  const distinct = [...new Set(probabilities)];
  const groupOf = probabilities.map((p) => distinct.indexOf(p));
  const thresholds = distinct.map((p) => (p > 0 && p < 1 ? inverseNormal(p) : Number.NaN));
  const given = distinct.map(() => ({ q: scratch(), survival: scratch(), slope: scratch() }));
  /** q, 1 − q and ∂q/∂p of each distinct probability, given the factor. */
  const condition = (z: Float64Array) => {
    for (const [g, threshold] of thresholds.entries()) {
      const { q, survival, slope } = given[g]!;
      const scale = 1 / (own * normalDensity(threshold));
      for (let k = 0; k < z.length; k++) {
        const a = (threshold - common * z[k]!) / own;
        q[k] = normalCdf(a);
        survival[k] = normalCdf(-a);
        slope[k] = scale * normalDensity(a);
      }
    }
  };

  return columnDistribution({
    name: "credit-portfolio",
    terms: Object.fromEntries(
      probabilities.map((_, i) => [
        `probability_${i}`,
        { kind: "number", meaning: `probability that name ${i} defaults`, unit: "1", above: 0, below: 1 },
      ]),
    ),
    values: Object.fromEntries(probabilities.map((p, i) => [`probability_${i}`, p])),
    dimension: 1 + names,
    noise: ["normal", ...probabilities.map(() => "uniform" as const)],
    sample([factor, ...uniforms], [z, ...defaults]) {
      z!.set(factor!);
      condition(z!);
      for (let i = 0; i < names; i++) {
        const { q } = given[groupOf[i]!]!;
        for (let k = 0; k < z!.length; k++) defaults[i]![k] = uniforms[i]![k]! < q[k]! ? 1 : 0;
      }
    },
    logProb([z, ...defaults], out) {
      condition(z!);
      for (let k = 0; k < out.length; k++) out[k] = log(normalDensity(z![k]!));
      for (let i = 0; i < names; i++) {
        const { q, survival } = given[groupOf[i]!]!;
        for (let k = 0; k < out.length; k++) out[k]! += log(defaults[i]![k]! > 0 ? q[k]! : survival[k]!);
      }
    },
    score([z, ...defaults], out) {
      condition(z!);
      for (let i = 0; i < names; i++) {
        const { q, survival, slope } = given[groupOf[i]!]!;
        for (let k = 0; k < z!.length; k++) {
          const by = slope[k]!;
          // Where the slope has underflowed the ratio is 0/0, and the draw says nothing about p.
          out[i]![k] = by === 0 ? 0 : defaults[i]![k]! > 0 ? by / q[k]! : -by / survival[k]!;
        }
      }
    },
    scoreJacobian: NO_SECOND_ORDER,
    pathwise: MOVES_IN_JUMPS,
    // The name defaults, or it does not, whatever it did; all others as they were.
    weakDerivative: {
      noise: [],
      pairs: () => 1,
      pair({ j }, { x }, { plus, minus, weight }) {
        condition(x[0]!);
        for (let d = 0; d <= names; d++) {
          plus[d]!.set(x[d]!);
          minus[d]!.set(x[d]!);
        }
        plus[1 + j]!.fill(1);
        minus[1 + j]!.fill(0);
        weight.set(given[groupOf[j]!]!.slope.subarray(0, weight.length));
      },
    },
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: NO_ENTROPY,
  });
}

/** The share of a tranche that defaults have eaten: losses between `attach` and `detach` of the notional. */
export function trancheLoss({
  losses,
  attach,
  detach,
}: {
  /** Loss of each name when it defaults, as a share of the notional. */
  readonly losses: readonly number[];
  readonly attach: number;
  readonly detach: number;
}): Integrand {
  return {
    value([, ...defaults]: Columns, out) {
      out.fill(0);
      for (const [i, loss] of losses.entries()) {
        const column = defaults[i]!;
        for (let k = 0; k < out.length; k++) out[k]! += loss * column[k]!;
      }
      for (let k = 0; k < out.length; k++) {
        out[k] = Math.min(Math.max(out[k]! - attach, 0), detach - attach) / (detach - attach);
      }
    },
  };
}
