import type { Kernel } from "../../kernel/kernel.js";
import { exp, power } from "../../numerics/elementary.js";
import { type ColumnDistribution, isColumnDistribution } from "../column-distribution.js";
import {
  type Estimator,
  NO_CONTROL_SET,
  openTermColumns,
  type Problem,
  parameterPlaces,
} from "../estimator.js";

/** More points than this are not listed. */
const MOST_POINTS = 1 << 20;

/** The sum over all values, Σ p(x) f(x) ∇ log p(x): exact, where the values can be listed. */
export function enumeration(): Estimator {
  return {
    name: "enumeration",
    bias: null,
    obstacle({ distribution, derivatives }) {
      if (!isColumnDistribution(distribution))
        return `${distribution.name}: its values cannot be listed here`;
      if (typeof distribution.support === "string") return `${distribution.name}: ${distribution.support}`;
      if (pointCount(distribution) > MOST_POINTS)
        return `${distribution.name} has more than ${MOST_POINTS} values, too many to list`;
      for (const derivative of derivatives) {
        if (derivative.length > 1) return `it gives first derivatives, not ${derivative.join(", ")}`;
        const reason = distribution.obstacle(derivative);
        if (reason !== null) return reason;
      }
      return null;
    },
    open: openEnumeration,
  };
}

/** 2 per binary coordinate and the classes of each one-hot group: what `support` would list, without listing it. */
function pointCount({ relaxable, support }: ColumnDistribution): number {
  if (typeof relaxable !== "string")
    return relaxable.groups.reduce(
      (points, { kind, logits }) => points * (kind === "binary" ? power(2, logits.length) : logits.length),
      1,
    );
  return typeof support === "string" ? Number.POSITIVE_INFINITY : support().length;
}

function openEnumeration(kernel: Kernel, problem: Problem) {
  const { support, score, logProb, dimension, parameters } = problem.distribution as ColumnDistribution;
  if (typeof support === "string" || typeof score === "string")
    throw new Error("enumeration must be asked for its obstacle first");
  const points = support();
  const n = points.length;
  const column = () => new Float64Array(n);
  const x = Array.from({ length: dimension }, (_, d) => Float64Array.from(points, (point) => point[d]!));
  const [f, logP] = [column(), column()];
  const scores = parameters.map(column);
  problem.integrand.value(x, f);
  logProb(x, logP);
  score(x, scores);
  const expectation = (g: (i: number) => number) => f.reduce((sum, _, i) => sum + exp(logP[i]!) * g(i), 0);
  const exact = [
    expectation((i) => f[i]!),
    ...parameterPlaces(problem).map((j) => expectation((i) => f[i]! * scores[j]![i]!)),
  ];
  const terms = openTermColumns(kernel, exact.length);
  return {
    columns: exact.length,
    evaluations: n,
    controls: problem.derivatives.map(() => NO_CONTROL_SET),
    draws: {
      coordinates: [],
      weights: terms.first,
      draw(_batch: number, _first: number, count: number) {
        for (const [g, view] of terms.views(count).entries()) view.fill(exact[g]!);
      },
    },
  };
}
