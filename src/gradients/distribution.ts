import type { Kernel, Pointer } from "../kernel/kernel.js";
import type { NumberTerm } from "../numerics/terms.js";
import type { Sampler } from "./noise.js";

/**
 * What is differentiated, by the names of the parameters: [] is E[f] itself, ["spot"] a first derivative,
 * ["spot", "volatility"] a mixed second one.
 */
export type Derivative = readonly string[];

/** The key of an unordered pair of parameters. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a},${b}` : `${b},${a}`;
}

export interface Parameter {
  readonly name: string;
  readonly value: number;
  /** Meaning, unit and bounds. */
  readonly term: NumberTerm;
}

/**
 * A density p(x; θ) at one θ, by its draws and by the weights that differentiate expectations under it:
 *
 *   ∂_a E[f] = E[f W_a],    W_a = ∂_a log p,    W_ab = W_a W_b + ∂_ab log p
 *
 * for any f whose moments exist, smooth or not. The paths of a market model are one, and so is a coin.
 * Mohamed, Rosca, Figurnov and Mnih, "Monte Carlo gradient estimation in machine learning", JMLR 21 (2020), §4.
 */
export interface Distribution {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Coordinates of a draw. */
  readonly dimension: number;
  /** Null when the weight of the derivative exists, else the reason in words. */
  obstacle(derivative: Derivative): string | null;
  /** E[W]: 1 for [] and 0 for all others, unless the density is discounted. */
  weightMean(derivative: Derivative): number;
  /** Reserves columns in kernel memory; the caller releases them by its mark. */
  open(kernel: Kernel, options: DrawOptions): Draws;
}

export interface DrawOptions {
  readonly seed: string;
  /** Runs of different streams are independent: the pilot's coefficients and the numbers they are used on. */
  readonly stream: "main" | "pilot";
  readonly sampler: Sampler;
  readonly derivatives: readonly Derivative[];
}

/** Draws with their weights, a block at a time. */
export interface Draws {
  /** One column per coordinate. */
  readonly coordinates: readonly Pointer[];
  /** The first column of weights; the others follow COLUMN_BYTES apart, in the order of the derivatives. */
  readonly weights: Pointer;
  /** Draws firstDraw … firstDraw + count − 1 of a batch. They depend on the seed, the stream and these numbers alone. */
  draw(batch: number, firstDraw: number, count: number): void;
}
