import type { ConstantLaw, ScoreParameter } from "../dynamics/dynamics.js";
import { pairKey } from "../gradients/distribution.js";
import { square } from "../numerics/elementary.js";
import { discountTangent, type Schedule } from "./schedule.js";

/** c0 + c1 z + c2 (z² − 1): what an interval adds to a weight where its law's m and s are numbers. */
export interface ScoreTerms {
  readonly c0: number;
  readonly c1: number;
  readonly c2: number;
}

interface Tangent {
  readonly mean: number;
  readonly deviation: number;
}

const STILL: Tangent = { mean: 0, deviation: 0 };

/** Of interval k to the score in a parameter; with the first comes what the discount factor owes. */
export function firstOrderTerms(
  schedule: Schedule,
  law: ConstantLaw,
  k: number,
  parameter: ScoreParameter,
): ScoreTerms {
  const { mean, deviation } = relativeTangent(schedule, law, k, parameter);
  return { c0: k === 0 ? discountTangent(schedule, parameter) : 0, c1: mean, c2: deviation };
}

/** Of interval k to what a second-order weight is beyond the product of the two scores. */
export function secondOrderTerms(
  schedule: Schedule,
  law: ConstantLaw,
  k: number,
  a: ScoreParameter,
  b: ScoreParameter,
): ScoreTerms {
  const { deviation: s, secondTangents } = law.intervals[k]!;
  const first = relativeTangent(schedule, law, k, a);
  const second = relativeTangent(schedule, law, k, b);
  const bySpot = k === 0 && a === "spot" && b === "spot";
  const cross = bySpot
    ? { mean: -1 / square(schedule.spot), deviation: 0 }
    : (secondTangents[pairKey(a, b)] ?? STILL);
  return {
    c0: -first.mean * second.mean - 2 * first.deviation * second.deviation,
    c1: cross.mean / s - 2 * (first.mean * second.deviation + second.mean * first.deviation),
    c2: cross.deviation / s - 3 * first.deviation * second.deviation,
  };
}

/** ∂m/s and ∂s/s. The spot moves the level that the first interval starts from: ∂m = 1/S, ∂²m = −1/S². */
function relativeTangent(
  { spot }: Schedule,
  law: ConstantLaw,
  k: number,
  parameter: ScoreParameter,
): Tangent {
  const { deviation: s, tangents } = law.intervals[k]!;
  if (parameter === "spot") return k === 0 ? { mean: 1 / spot / s, deviation: 0 } : STILL;
  const { mean, deviation } = tangents[parameter] ?? STILL;
  return { mean: mean / s, deviation: deviation / s };
}
