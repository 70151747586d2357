/** Coefficients of the powers of x, that of 1 first. */
export type Polynomial = readonly number[];

/** Its value at x, by Horner's rule. */
export function polynomialAt(p: Polynomial, x: number): number {
  return p.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

export function plus(p: Polynomial, q: Polynomial): Polynomial {
  return Array.from({ length: Math.max(p.length, q.length) }, (_, i) => (p[i] ?? 0) + (q[i] ?? 0));
}

export function times(p: Polynomial, q: Polynomial): Polynomial {
  const product = new Array<number>(p.length + q.length - 1).fill(0);
  for (const [i, a] of p.entries()) for (const [j, b] of q.entries()) product[i + j]! += a * b;
  return product;
}
