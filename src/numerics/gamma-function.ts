import { log } from "./elementary.js";

// ln Γ and its derivatives for x > 0, to about 1e-15: the recurrence up to 10, then the asymptotic series.
// Abramowitz and Stegun (1964), §6.1.40, §6.3.18, §6.4.12.

const SERIES_FROM = 10;

/** ln Γ(x). */
export function logGamma(x: number): number {
  let product = 1;
  let y = x;
  for (; y < SERIES_FROM; y++) product *= y;
  const f = 1 / (y * y);
  const series =
    (1 / 12 - f * (1 / 360 - f * (1 / 1260 - f * (1 / 1680 - f * (1 / 1188 - (f * 691) / 360360))))) / y;
  return (y - 0.5) * log(y) - y + 0.9189385332046727 + series - log(product);
}

/** ψ(x) = d ln Γ/dx. */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < SERIES_FROM; y++) shift -= 1 / y;
  const f = 1 / (y * y);
  const series =
    f * (1 / 12 - f * (1 / 120 - f * (1 / 252 - f * (1 / 240 - f * (1 / 132 - f * (691 / 32760 - f / 12))))));
  return shift + log(y) - 0.5 / y - series;
}

/** ψ′(x). */
export function trigamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < SERIES_FROM; y++) shift += 1 / (y * y);
  const f = 1 / (y * y);
  const series =
    (1 +
      f *
        (1 / 6 -
          f * (1 / 30 - f * (1 / 42 - f * (1 / 30 - f * (5 / 66 - f * (691 / 2730 - (f * 7) / 6))))))) /
    y;
  return shift + series + f / 2;
}
