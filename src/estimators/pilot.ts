import type { Control } from "../gradients/moments.js";

/**
 * What a pilot run learnt of rows of amounts and their derivatives: the numbers of row t and derivative g stand at their `placeIn`.
 * Columns, since a record for each would be most of what a large book allocates.
 */
export interface Pilot {
  /** For every derivative the controls that its estimates use. */
  readonly controls: readonly (readonly Control[])[];
  /** What is subtracted of each control; those of a place begin at place · stride. */
  readonly coefficients: Float64Array<ArrayBuffer>;
  readonly stride: number;
  /** E[|f W|]² / E[(f W)²]: the share of the paths that carry the estimate. */
  readonly effectiveShare: Float64Array<ArrayBuffer>;
  /** E[(f W)⁴] / E[(f W)²]²: how rare the paths are that make the variance. */
  readonly kurtosis: Float64Array<ArrayBuffer>;
  /** √E[(f W)²]: the size of one path's term before the controls. */
  readonly rootMeanSquare: Float64Array<ArrayBuffer>;
  /** √E[f²] √(E[W⁴]/E[W²]): what a path might bring whose weight is one of those that count, though the amount was 0 on all there were. */
  readonly reach: Float64Array<ArrayBuffer>;
}

/** A pilot that has learnt nothing yet. */
export function openPilot(rows: number, controls: Pilot["controls"]): Pilot {
  const places = rows * controls.length;
  const stride = Math.max(0, ...controls.map(({ length }) => length));
  return {
    controls,
    coefficients: new Float64Array(places * stride),
    stride,
    effectiveShare: new Float64Array(places).fill(1),
    kurtosis: new Float64Array(places).fill(1),
    rootMeanSquare: new Float64Array(places),
    reach: new Float64Array(places),
  };
}

/** Where the numbers of row t and derivative g are. */
export function placeIn({ controls }: Pilot, t: number, g: number): number {
  return t * controls.length + g;
}
