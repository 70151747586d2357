import { joeKuoRows } from "./joe-kuo.js";

/** Dimensions there are direction numbers for. */
export const SOBOL_DIMENSIONS = 1024;

const DIGITS = 32;

let rows: readonly string[] | undefined;

/**
 * The 32 direction numbers of a dimension (0, 1, … 1023), first binary digit in the highest bit: point i of the Sobol'
 * sequence is the xor of those direction numbers whose bit is set in i, over 2^32. By the recurrence of Joe and Kuo,
 * "Constructing Sobol sequences with better two-dimensional projections" (2008), eq. (3).
 * Throws RangeError for a dimension that is none.
 */
export function directionNumbers(dimension: number): Uint32Array<ArrayBuffer> {
  if (!(Number.isInteger(dimension) && dimension >= 0 && dimension < SOBOL_DIMENSIONS)) {
    throw new RangeError(
      `Sobol' dimension must be a whole number from 0 to ${SOBOL_DIMENSIONS - 1}, got ${dimension}`,
    );
  }
  if (dimension === 0) return Uint32Array.from({ length: DIGITS }, (_, i) => 1 << (DIGITS - 1 - i));

  rows ??= joeKuoRows.trim().split("\n");
  const [degree = 0, coefficients = 0, ...initial] = rows[dimension - 1]!.split(" ").map(Number);
  const directions = new Uint32Array(DIGITS);
  for (let i = 0; i < DIGITS; i++) {
    directions[i] =
      i < degree
        ? initial[i]! << (DIGITS - 1 - i)
        : nextDirection(directions.subarray(i - degree, i), coefficients);
  }
  return directions;
}

/** From the last `degree` direction numbers; bit degree − 1 − k of `coefficients` belongs to the k-th before the next. */
function nextDirection(previous: Uint32Array, coefficients: number): number {
  const degree = previous.length;
  let next = previous[0]! ^ (previous[0]! >>> degree);
  for (let k = 1; k < degree; k++) {
    if ((coefficients >> (degree - 1 - k)) & 1) next ^= previous[degree - k]!;
  }
  return next;
}
