import { exp } from "./elementary.js";

/** Where a node is 1e-16 from an end. */
const REACH = 3.155;

/**
 * Nodes u_j in (0, 1) and weights: the mean of w_j f(u_j) is ∫ f for f analytic inside, about to the last digits if `count` is 100 or
 * more. Their grid may be shifted by a part of its step, in [0, 1): what the results differ by tells how good they are. The same bits
 * everywhere. Takahasi and Mori, Publ. RIMS 9 (1974) 721.
 */
export function fillRule(nodes: Float64Array, weights: Float64Array, shift: number): void {
  const step = (2 * REACH) / nodes.length;
  for (let j = 0; j < nodes.length; j++) {
    const up = exp((j + shift) * step - REACH);
    const s = (Math.PI / 2) * (up - 1 / up);
    const node = logistic(s);
    nodes[j] = node;
    weights[j] = 2 * REACH * ((Math.PI / 2) * (up + 1 / up) * node * logistic(-s));
  }
}

function logistic(x: number): number {
  return 1 / (1 + exp(-x));
}

/**
 * ∫ f over [from, to], to about 1e-13 relative for f analytic inside and bounded at the ends; split where it has kinks.
 * Throws an Error when it does not converge. Takahasi and Mori, Publ. RIMS 9 (1974) 721.
 */
export function integrate(f: (x: number) => number, from: number, to: number): number {
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  const END = 3.7; // Beyond, the weights are below 1e-26.
  const sum = (first: number, step: number): number => {
    let total = 0;
    for (let t = -END + first; t <= END; t += step) {
      const s = (Math.PI / 2) * Math.sinh(t);
      const weight = ((Math.PI / 2) * Math.cosh(t)) / Math.cosh(s) ** 2;
      if (weight > 0) total += weight * f(middle + half * Math.tanh(s));
    }
    return total;
  };
  let step = END / 8;
  let coarse = sum(0, step);
  for (let doubling = 0; doubling < 10; doubling++) {
    const fine = coarse + sum(step / 2, step);
    step /= 2;
    if (Math.abs(fine - 2 * coarse) <= 1e-13 * Math.abs(fine) + 1e-300) return half * step * fine;
    coarse = fine;
  }
  throw new Error(`an integral from ${from} to ${to} did not converge`);
}
