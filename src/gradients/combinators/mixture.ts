import { exp, log } from "../../numerics/elementary.js";
import { type ColumnDistribution, type Columns, columnDistribution } from "../column-distribution.js";
import { logSoftmax, softmax } from "../distributions/categorical.js";
import { ENDLESS_SUPPORT, NO_ENTROPY, NO_PAIR, NO_SECOND_ORDER, NOT_RELAXABLE } from "../reasons.js";

/**
 * One of several distributions, chosen by softmax(logits). Parameters logit_k, then component_k.parameter. The score is that
 * of the marginal density: with responsibilities r_k = P(component k | x), it is r_k − π_k and r_k s_k.
 */
export function mixture({
  logits,
  components,
}: {
  readonly logits: readonly number[];
  readonly components: readonly ColumnDistribution[];
}): ColumnDistribution {
  if (components.length !== logits.length || components.length === 0) {
    throw new RangeError(
      `mixture: there must be a logit per component, got ${logits.length} for ${components.length}`,
    );
  }
  const { dimension } = components[0]!;
  if (components.some((component) => component.dimension !== dimension))
    throw new RangeError("mixture: all components must have the same number of coordinates");
  const probabilities = softmax(logits);
  const logProbabilities = logSoftmax(logits);
  const scores = components.map(({ score }) => score);
  const refusal = scores.find((score) => typeof score === "string");
  const firstNoise = components.map((_, k) =>
    components.slice(0, k).reduce((sum, component) => sum + component.noise.length, 1),
  );

  /** ln π_k p_k per component, and ln p. */
  const logJoint = (x: Columns, n: number) => {
    const joint = components.map((component, k) => {
      const out = new Float64Array(n);
      component.logProb(x, out);
      for (let i = 0; i < n; i++) out[i]! += logProbabilities[k]!;
      return out;
    });
    const total = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const highest = Math.max(...joint.map((column) => column[i]!));
      total[i] = highest + log(joint.reduce((sum, column) => sum + exp(column[i]! - highest), 0));
    }
    return { joint, total };
  };

  return columnDistribution({
    name: "mixture",
    terms: Object.fromEntries([
      ...logits.map(
        (_, k) => [`logit_${k}`, { kind: "number", meaning: `logit of component ${k}`, unit: "1" }] as const,
      ),
      ...components.flatMap(({ terms }, k) =>
        Object.entries(terms).map(([own, term]) => [`component_${k}.${own}`, term] as const),
      ),
    ]),
    values: Object.fromEntries([
      ...logits.map((logit, k) => [`logit_${k}`, logit] as const),
      ...components.flatMap(({ values }, k) =>
        Object.entries(values).map(([own, value]) => [`component_${k}.${own}`, value] as const),
      ),
    ]),
    dimension,
    noise: [
      "uniform",
      ...components.flatMap(({ noise }, k) => noise.map((kind) => shifted(kind, firstNoise[k]!))),
    ],
    sample(noise, x) {
      const drawn = components.map((component, k) => {
        const own = x.map((column) => new Float64Array(column.length));
        component.sample(noise.slice(firstNoise[k]!, firstNoise[k]! + component.noise.length), own);
        return own;
      });
      for (let i = 0; i < x[0]!.length; i++) {
        let left = noise[0]![i]!;
        let k = 0;
        while (k < components.length - 1 && left > probabilities[k]!) left -= probabilities[k++]!;
        for (let d = 0; d < dimension; d++) x[d]![i] = drawn[k]![d]![i]!;
      }
    },
    logProb: (x, out) => out.set(logJoint(x, out.length).total),
    score:
      typeof refusal === "string"
        ? refusal
        : (x, out) => {
            const n = x[0]!.length;
            const { joint, total } = logJoint(x, n);
            let first = components.length;
            for (const [k, component] of components.entries()) {
              const own = out.slice(first, first + component.parameters.length);
              first += component.parameters.length;
              const score = scores[k]!;
              if (typeof score !== "string") score(x, own);
              for (let i = 0; i < n; i++) {
                const responsibility = exp(joint[k]![i]! - total[i]!);
                out[k]![i] = responsibility - probabilities[k]!;
                for (const column of own) column[i] = responsibility === 0 ? 0 : responsibility * column[i]!;
              }
            }
          },
    scoreJacobian: NO_SECOND_ORDER,
    pathwise: "which component a draw comes from changes in jumps",
    weakDerivative: NO_PAIR,
    support: ENDLESS_SUPPORT,
    relaxable: NOT_RELAXABLE,
    entropy: NO_ENTROPY,
  });
}

function shifted(kind: ColumnDistribution["noise"][number], by: number) {
  return typeof kind === "object" && "tangentOf" in kind ? { tangentOf: kind.tangentOf + by } : kind;
}
