import { exp, log } from "../../numerics/elementary.js";
import { type ColumnDistribution, columnDistribution, pairIndex } from "../column-distribution.js";
import { MOVES_IN_JUMPS } from "../reasons.js";

/** One of several classes, as a one-hot vector: a coordinate per class. Its parameters are logits, up to a common constant. */
export function categorical({ logits }: { readonly logits: readonly number[] }): ColumnDistribution {
  const classes = logits.length;
  const probabilities = softmax(logits);
  const logProbabilities = logSoftmax(logits);
  const name = (k: number) => `logit_${k}`;
  return columnDistribution({
    name: "categorical",
    terms: Object.fromEntries(
      logits.map((_, k) => [name(k), { kind: "number", meaning: `logit of class ${k}`, unit: "1" }] as const),
    ),
    values: Object.fromEntries(logits.map((logit, k) => [name(k), logit])),
    dimension: classes,
    noise: logits.map(() => "uniform"),
    // Gumbel's maximum: −ln E_k over exponentials, so that the same noise serves the relaxed draw.
    sample(noise, x) {
      for (let i = 0; i < x[0]!.length; i++) {
        let best = 0;
        let highest = -Infinity;
        for (let k = 0; k < classes; k++) {
          const z = logProbabilities[k]! - log(-log(noise[k]![i]!));
          if (z > highest) {
            highest = z;
            best = k;
          }
        }
        for (let k = 0; k < classes; k++) x[k]![i] = k === best ? 1 : 0;
      }
    },
    logProb(x, out) {
      out.fill(0);
      for (let k = 0; k < classes; k++) {
        for (let i = 0; i < out.length; i++) if (x[k]![i]! > 0) out[i]! += logProbabilities[k]!;
      }
    },
    score(x, out) {
      for (let k = 0; k < classes; k++) {
        for (let i = 0; i < out[k]!.length; i++) out[k]![i] = x[k]![i]! - probabilities[k]!;
      }
    },
    scoreJacobian(_, out) {
      for (let j = 0; j < classes; j++) {
        for (let k = j; k < classes; k++) {
          const value = (j === k ? -probabilities[j]! : 0) + probabilities[j]! * probabilities[k]!;
          out[pairIndex(j, k, classes)]!.fill(value);
        }
      }
    },
    pathwise: MOVES_IN_JUMPS,
    // π_j times the class j for certain, against a draw as ever.
    weakDerivative: {
      noise: [],
      pairs: () => 1,
      pair({ j }, { x }, { plus, minus, weight }) {
        for (let k = 0; k < classes; k++) {
          plus[k]!.fill(k === j ? 1 : 0);
          minus[k]!.set(x[k]!);
        }
        weight.fill(probabilities[j]!);
      },
    },
    support: () => logits.map((_, j) => logits.map((_unused, k) => (k === j ? 1 : 0))),
    relaxable: {
      groups: [{ kind: "one-hot", logits }],
      jacobian: logits.map((_, l) => logits.map((_unused, j) => (l === j ? 1 : 0))),
    },
    entropy: entropyOf(probabilities, logProbabilities),
  });
}

function entropyOf(probabilities: readonly number[], logs: readonly number[]) {
  const value = -probabilities.reduce((sum, p, k) => sum + p * logs[k]!, 0);
  return { value, gradient: probabilities.map((p, k) => -p * (logs[k]! + value)) };
}

export function logSoftmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + exp(logit - highest), 0);
  return logits.map((logit) => logit - highest - log(sum));
}

export function softmax(logits: readonly number[]): number[] {
  return logSoftmax(logits).map(exp);
}
