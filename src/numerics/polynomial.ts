/** A polynomial at x by Horner's rule; coefficients highest power first. */
export function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
