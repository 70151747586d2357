import type { IntervalLaw, LatentLaw } from "../dynamics/dynamics.js";
import { COLUMN_BYTES, type Kernel, type Pointer } from "../kernel/kernel.js";

/** The columns of an interval as one list: m, s, then first and second tangents of both, then scores. See `lawNumbers`. */
export function asInputs(columns: IntervalLaw): readonly Pointer[] {
  const { mean, deviation, meanTangents, deviationTangents, meanSecond, deviationSecond, latentScores } =
    columns;
  return [
    mean,
    deviation,
    ...meanTangents.flatMap((tangent, j) => [tangent, deviationTangents[j]!]),
    ...meanSecond.flatMap((second, p) => [second, deviationSecond[p]!]),
    ...latentScores,
  ];
}

/** What they are, in the same order. */
export function inputNames({
  tangentParameters,
  pairs = [],
  latentScores = [],
}: LatentLaw): readonly string[] {
  return [
    ...["", ...tangentParameters, ...pairs].flatMap((by) => [`mean ${by}`, `deviation ${by}`]),
    ...latentScores.map((parameter) => `score ${parameter}`),
  ];
}

/** Reserves them; without a latent law only m and s. */
export function openIntervalLaw(kernel: Kernel, law: LatentLaw | null): IntervalLaw {
  const tangents = law?.tangentParameters.length ?? 0;
  const pairs = law?.pairs?.length ?? 0;
  return {
    mean: kernel.allocate(COLUMN_BYTES),
    deviation: kernel.allocate(COLUMN_BYTES),
    meanTangents: openColumns(kernel, tangents),
    deviationTangents: openColumns(kernel, tangents),
    meanSecond: openColumns(kernel, pairs),
    deviationSecond: openColumns(kernel, pairs),
    latentScores: openColumns(kernel, law?.latentScores?.length ?? 0),
  };
}

export function openColumns(kernel: Kernel, count: number): readonly Pointer[] {
  return Array.from({ length: count }, () => kernel.allocate(COLUMN_BYTES));
}
