import { exp, log, log1p } from "../numerics/elementary.js";
import type { Columns, RelaxableGroup } from "./column-distribution.js";
import { logSoftmax } from "./distributions/categorical.js";

/**
 * Continuous relaxations of hardened logits, one group at a time. All of it works on logits z rather than on probabilities,
 * so that nothing is lost or divided by zero near 0 and 1. `free` draws z, whose hardening is the discrete draw b;
 * `conditional` draws z̃ given b from fresh uniforms. The relaxed point is σ(z/τ), or softmax(z/τ).
 * Jang, Gu and Poole (2017); Maddison, Mnih and Teh (2017); conditional draws: Tucker et al. (2017), appendix.
 */
export interface RelaxedDraw {
  /** The relaxed point of each draw, a column per coordinate. */
  point(draw: HardenedDraw, out: Columns): void;
  /** Writes ∂f/∂logit_l to out[l], from the slopes ∂f/∂X_d at the relaxed point. */
  pull(draw: HardenedDraw, point: Columns, slopes: Columns, out: Columns): void;
}

export interface HardenedDraw {
  /** The uniforms that b came from, for `free`; fresh ones for `conditional`. */
  readonly uniforms: Columns;
  /** b. */
  readonly x: Columns;
  readonly temperature: number;
}

export interface Relaxation {
  readonly free: RelaxedDraw;
  readonly conditional: RelaxedDraw;
  /** Writes the uniforms under which the conditional draw is the free one. */
  couple(draw: Pick<HardenedDraw, "uniforms" | "x">, out: Columns): void;
}

/** The relaxations of all groups, whose logits, coordinates and uniforms stand in one order. */
export function relaxationOf(groups: readonly RelaxableGroup[]): Relaxation {
  const parts = groups.map(({ kind, logits }, index) => {
    const first = groups.slice(0, index).reduce((sum, group) => sum + group.logits.length, 0);
    const cut = (columns: Columns) => columns.slice(first, first + logits.length);
    return { cut, relaxation: kind === "binary" ? binary(logits) : oneHot(logits) };
  });
  const all = (side: "free" | "conditional"): RelaxedDraw => ({
    point(draw, out) {
      for (const { cut, relaxation } of parts) relaxation[side].point(cutDraw(draw, cut), cut(out));
    },
    pull(draw, point, slopes, out) {
      for (const { cut, relaxation } of parts)
        relaxation[side].pull(cutDraw(draw, cut), cut(point), cut(slopes), cut(out));
    },
  });
  return {
    free: all("free"),
    conditional: all("conditional"),
    couple({ uniforms, x }, out) {
      for (const { cut, relaxation } of parts) {
        relaxation.couple({ uniforms: cut(uniforms), x: cut(x) }, cut(out));
      }
    },
  };
}

function cutDraw(
  { uniforms, x, temperature }: HardenedDraw,
  cut: (columns: Columns) => Columns,
): HardenedDraw {
  return { uniforms: cut(uniforms), x: cut(x), temperature };
}

const sigmoid = (z: number) => 1 / (1 + exp(-z));

function binary(logits: readonly number[]): Relaxation {
  /** z̃ given b: ln(1 + r/(1 − θ)) if b = 1, −ln(1 + r/θ) if b = 0, with r = v/(1 − v). */
  const conditionalLogit = (logit: number, v: number, b: number) => {
    const other = sigmoid(b > 0 ? -logit : logit);
    const size = log1p(v / ((1 - v) * other));
    return b > 0 ? size : -size;
  };
  /** ∂z̃/∂logit. */
  const conditionalSlope = (logit: number, v: number, b: number) => {
    const other = sigmoid(b > 0 ? -logit : logit);
    return ((1 - other) * v) / (v + (1 - v) * other);
  };
  const drawOf = (
    z: (logit: number, u: number, b: number) => number,
    slope: (logit: number, u: number, b: number) => number,
  ): RelaxedDraw => ({
    point({ uniforms, x, temperature }, out) {
      for (const [l, logit] of logits.entries()) {
        for (let i = 0; i < out[l]!.length; i++) {
          out[l]![i] = sigmoid(z(logit, uniforms[l]![i]!, x[l]![i]!) / temperature);
        }
      }
    },
    pull({ uniforms, x, temperature }, _, slopes, out) {
      for (const [l, logit] of logits.entries()) {
        for (let i = 0; i < out[l]!.length; i++) {
          const u = uniforms[l]![i]!;
          const scaled = z(logit, u, x[l]![i]!) / temperature;
          const bySquash = (sigmoid(scaled) * sigmoid(-scaled)) / temperature;
          out[l]![i] = bySquash === 0 ? 0 : slopes[l]![i]! * bySquash * slope(logit, u, x[l]![i]!);
        }
      }
    },
  });
  return {
    free: drawOf(
      (logit, u) => logit + log(u) - log1p(-u),
      () => 1,
    ),
    conditional: drawOf(conditionalLogit, conditionalSlope),
    // Where u stands within the part of (0, 1) that made b.
    couple({ uniforms, x }, out) {
      for (const [l, logit] of logits.entries()) {
        const [zero, one] = [sigmoid(-logit), sigmoid(logit)];
        for (let i = 0; i < out[l]!.length; i++) {
          const u = uniforms[l]![i]!;
          out[l]![i] = x[l]![i]! > 0 ? (u - zero) / one : 1 - u / zero;
        }
      }
    },
  };
}

function oneHot(logits: readonly number[]): Relaxation {
  const logProbabilities = logSoftmax(logits);
  const probabilities = logProbabilities.map(exp);
  const classes = logits.length;
  const z = new Float64Array(classes);

  const squash = (temperature: number, i: number, out: Columns) => {
    const highest = Math.max(...z);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += out[k]![i] = exp((z[k]! - highest) / temperature);
    for (let k = 0; k < classes; k++) out[k]![i]! /= sum;
  };
  /** ∂f/∂z_k = X_k (f_k − Σ f_m X_m) / τ. */
  const unsquash = (temperature: number, i: number, point: Columns, slopes: Columns) => {
    let mean = 0;
    for (let k = 0; k < classes; k++) mean += slopes[k]![i]! * point[k]![i]!;
    return (k: number) => (point[k]![i]! * (slopes[k]![i]! - mean)) / temperature;
  };
  const wait = (u: number) => -log(u);

  return {
    // z_k = ln p_k − ln E_k.
    free: {
      point({ uniforms, temperature }, out) {
        for (let i = 0; i < out[0]!.length; i++) {
          for (let k = 0; k < classes; k++) z[k] = logProbabilities[k]! - log(wait(uniforms[k]![i]!));
          squash(temperature, i, out);
        }
      },
      // The softmax does not see a common shift, so the normaliser of ln p drops out.
      pull({ temperature }, point, slopes, out) {
        for (let i = 0; i < out[0]!.length; i++) {
          const byLogit = unsquash(temperature, i, point, slopes);
          for (let k = 0; k < classes; k++) out[k]![i] = byLogit(k);
        }
      },
    },
    // The largest is a standard Gumbel, −ln E_b; the others are cut off by it, −ln(E_k/p_k + E_b).
    conditional: {
      point({ uniforms, x, temperature }, out) {
        for (let i = 0; i < out[0]!.length; i++) {
          const top = wait(uniforms[hotClass(x, i)]![i]!);
          for (let k = 0; k < classes; k++) {
            const own = wait(uniforms[k]![i]!);
            z[k] = x[k]![i]! > 0 ? -log(top) : -log(own / probabilities[k]! + top);
          }
          squash(temperature, i, out);
        }
      },
      pull({ uniforms, x, temperature }, point, slopes, out) {
        for (let i = 0; i < out[0]!.length; i++) {
          const byLogit = unsquash(temperature, i, point, slopes);
          const top = wait(uniforms[hotClass(x, i)]![i]!);
          let sum = 0;
          for (let k = 0; k < classes; k++) {
            const own = wait(uniforms[k]![i]!);
            // own/p / (own/p + top), without the division by a probability that may be 0.
            const share = x[k]![i]! > 0 ? 0 : own / (own + probabilities[k]! * top);
            out[k]![i] = byLogit(k) * share;
            sum += out[k]![i]!;
          }
          for (let k = 0; k < classes; k++) out[k]![i]! -= probabilities[k]! * sum;
        }
      },
    },
    // The smallest of E_k/p_k is exponential itself, and what the others exceed it by is again.
    couple({ uniforms, x }, out) {
      for (let i = 0; i < out[0]!.length; i++) {
        const hot = hotClass(x, i);
        const top = wait(uniforms[hot]![i]!) / probabilities[hot]!;
        for (let k = 0; k < classes; k++) {
          const own = k === hot ? top : wait(uniforms[k]![i]!) - probabilities[k]! * top;
          out[k]![i] = exp(-own);
        }
      }
    },
  };
}

function hotClass(x: Columns, i: number): number {
  let k = 0;
  while (x[k]![i]! === 0) k++;
  return k;
}
