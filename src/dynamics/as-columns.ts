import type { ConstantLaw, LatentLaw, LawRequest } from "./dynamics.js";

/** A law of constants, as columns. */
export function asColumns(law: ConstantLaw, { wanted, wantedPairs }: LawRequest): LatentLaw {
  return {
    kind: "latent",
    tangentParameters: wanted.filter((parameter) =>
      law.intervals.some(({ tangents }) => tangents[parameter] !== undefined),
    ),
    shifts: {},
    pairs: wantedPairs,
    cost: 0,
    stateColumns: 0,
    fill(kernel, k, columns, { paths }) {
      const { mean, deviation, meanTangents, deviationTangents } = columns;
      const { exports: ops } = kernel;
      const interval = law.intervals[k]!;
      ops.fill(mean, interval.mean, paths);
      ops.fill(deviation, interval.deviation, paths);
      for (const [j, parameter] of this.tangentParameters.entries()) {
        const tangent = interval.tangents[parameter];
        ops.fill(meanTangents[j]!, tangent?.mean ?? 0, paths);
        ops.fill(deviationTangents[j]!, tangent?.deviation ?? 0, paths);
      }
      for (const [p, pair] of wantedPairs.entries()) {
        const second = interval.secondTangents[pair];
        ops.fill(columns.meanSecond[p]!, second?.mean ?? 0, paths);
        ops.fill(columns.deviationSecond[p]!, second?.deviation ?? 0, paths);
      }
    },
  };
}
