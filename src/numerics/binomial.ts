import { exp, log, log1p } from "./elementary.js";
import { logGamma } from "./gamma-function.js";

/**
 * The counts low … high that a binomial number of n trials of probability p (0 < p < 1) is within, but for less than `tail` on either
 * side.
 */
export function binomialBand(
  n: number,
  p: number,
  tail: number,
): { readonly low: number; readonly high: number } {
  const probability = (k: number) =>
    exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p));
  let low = 0;
  for (let below = probability(0); below < tail; below += probability(low)) low++;
  let high = n;
  for (let above = probability(n); above < tail; above += probability(high)) high--;
  return { low, high };
}
