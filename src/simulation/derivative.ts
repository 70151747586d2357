import { type Dynamics, pairKey, type ScoreParameter } from "../dynamics/dynamics.js";

/** What is differentiated: [] is the price, ["spot"] delta, ["spot", "volatility"] vanna; up to second order, and spot three times. */
export type Derivative = readonly ScoreParameter[];

/** Whether the model's law carries what the derivative's score needs. */
export function hasScore(dynamics: Dynamics, derivative: Derivative): boolean {
  const own = derivative.filter((parameter) => parameter !== "spot");
  if (!own.every((parameter) => dynamics.scoreParameters.includes(parameter))) return false;
  if (own.length === 2 && derivative.length === 2)
    return dynamics.scorePairs.includes(pairKey(own[0]!, own[1]!));
  return own.length === 0 ? derivative.length <= 3 : derivative.length <= 2;
}
