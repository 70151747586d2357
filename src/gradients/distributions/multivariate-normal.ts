import { log, square } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution, pairIndex } from "../column-distribution.js";
import { ENDLESS_SUPPORT, NO_PAIR, NOT_RELAXABLE } from "../reasons.js";

/**
 * N(mean, L Lᵀ) with L the lower-triangular factor, of positive diagonal: parameters mean_i and factor_i_k, k <= i.
 * With z = L⁻¹(x − mean) and u = L⁻ᵀz the scores are u_i and u_i z_k − δ_ik / L_ii.
 */
export function multivariateNormal({
  mean,
  factor,
}: {
  readonly mean: readonly number[];
  readonly factor: readonly (readonly number[])[];
}): ColumnDistribution {
  const d = mean.length;
  const entries = mean.flatMap((_, i) => Array.from({ length: i + 1 }, (_unused, k) => [i, k] as const));
  const l = (i: number, k: number) => (k <= i ? (factor[i]?.[k] ?? Number.NaN) : 0);
  const inverse = invertLower(l, d);
  const precision = (i: number, k: number) => {
    let sum = 0;
    for (let m = Math.max(i, k); m < d; m++) sum += inverse[m]![i]! * inverse[m]![k]!;
    return sum;
  };
  const logDeterminant = mean.reduce((sum, _, i) => sum + log(l(i, i)), 0);
  const count = d + entries.length;

  /** z and u of draw i. */
  const whiten = (x: readonly Float64Array[], i: number, z: Float64Array, u: Float64Array) => {
    for (let a = 0; a < d; a++) {
      z[a] = 0;
      for (let b = 0; b <= a; b++) z[a]! += inverse[a]![b]! * (x[b]![i]! - mean[b]!);
    }
    for (let a = 0; a < d; a++) {
      u[a] = 0;
      for (let b = a; b < d; b++) u[a]! += inverse[b]![a]! * z[b]!;
    }
  };

  return columnDistribution({
    name: "multivariate-normal",
    terms: Object.fromEntries([
      ...mean.map(
        (_, i) =>
          [`mean_${i}`, { kind: "number", meaning: `expected value of x_${i}`, unit: "of x" }] as const,
      ),
      ...entries.map(([i, k]) => {
        const term = { kind: "number", meaning: `entry (${i}, ${k}) of the factor`, unit: "of x" } as const;
        return [`factor_${i}_${k}`, i === k ? { ...term, above: 0 } : term] as const;
      }),
    ]),
    values: Object.fromEntries([
      ...mean.map((value, i) => [`mean_${i}`, value] as const),
      ...entries.map(([i, k]) => [`factor_${i}_${k}`, l(i, k)] as const),
    ]),
    dimension: d,
    noise: mean.map(() => "normal"),
    sample(noise, x) {
      for (let a = 0; a < d; a++) {
        for (let i = 0; i < x[a]!.length; i++) {
          let value = mean[a]!;
          for (let b = 0; b <= a; b++) value += l(a, b) * noise[b]![i]!;
          x[a]![i] = value;
        }
      }
    },
    logProb(x, out) {
      const z = new Float64Array(d);
      const u = new Float64Array(d);
      for (let i = 0; i < out.length; i++) {
        whiten(x, i, z, u);
        out[i] = z.reduce(
          (sum, value) => sum - square(value) / 2,
          -logDeterminant - (d / 2) * log(2 * Math.PI),
        );
      }
    },
    score(x, out) {
      const z = new Float64Array(d);
      const u = new Float64Array(d);
      for (let i = 0; i < x[0]!.length; i++) {
        whiten(x, i, z, u);
        for (let a = 0; a < d; a++) out[a]![i] = u[a]!;
        for (const [e, [a, b]] of entries.entries()) {
          out[d + e]![i] = u[a]! * z[b]! - (a === b ? 1 / l(a, a) : 0);
        }
      }
    },
    // From du = −P dmean and dz = −L⁻¹ dmean; du = −L⁻ᵀe_m u_k − P e_k z_m and dz = −L⁻¹ e_k z_m for dL = e_k e_mᵀ.
    scoreJacobian(x, out) {
      const z = new Float64Array(d);
      const u = new Float64Array(d);
      const at = (a: number, b: number) => out[pairIndex(Math.min(a, b), Math.max(a, b), count)]!;
      for (let i = 0; i < x[0]!.length; i++) {
        whiten(x, i, z, u);
        for (let a = 0; a < d; a++) {
          for (let b = a; b < d; b++) at(a, b)[i] = -precision(a, b);
          for (const [e, [k, m]] of entries.entries()) {
            at(a, d + e)[i] = -inverse[m]![a]! * u[k]! - precision(a, k) * z[m]!;
          }
        }
        for (const [e, [a, b]] of entries.entries()) {
          for (const [f, [k, m]] of entries.entries()) {
            if (f < e) continue;
            const du = -inverse[m]![a]! * u[k]! - precision(a, k) * z[m]!;
            const dz = -inverse[b]![k]! * z[m]!;
            const diagonal = a === b && k === m && a === k ? 1 / square(l(a, a)) : 0;
            at(d + e, d + f)[i] = du * z[b]! + u[a]! * dz + diagonal;
          }
        }
      }
    },
    pathwise: {
      noise: [],
      tangent({ noise }, j, out) {
        for (const column of out) column.fill(0);
        if (j < d) out[j]!.fill(1);
        else {
          const [a, b] = entries[j - d]!;
          out[a]!.set(noise[b]!);
        }
      },
    },
    weakDerivative: NO_PAIR,
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: {
      value: (d / 2) * (1 + log(2 * Math.PI)) + logDeterminant,
      gradient: [...mean.map(() => 0), ...entries.map(([i, k]) => (i === k ? 1 / l(i, i) : 0))],
    },
  });
}

function invertLower(l: (i: number, k: number) => number, d: number): readonly Float64Array[] {
  const inverse = Array.from({ length: d }, () => new Float64Array(d));
  for (let k = 0; k < d; k++) {
    for (let i = k; i < d; i++) {
      let sum = i === k ? 1 : 0;
      for (let m = k; m < i; m++) sum -= l(i, m) * inverse[m]![k]!;
      inverse[i]![k] = sum / l(i, i);
    }
  }
  return inverse;
}
