import { exponentOf } from "./exponent.js";

/** "12.345 ± 0.012": the error to two digits, the value to the same place. Exact values, and errors of mere rounding, stand alone. */
export function withError(value: number, error: number): string {
  if (!(error > Math.abs(value) * 1e-11)) return plain(value, 8);
  const place = 1 - exponentOf(error);
  const decimals = Math.max(0, place);
  if (Math.abs(value) >= 1e15 || decimals > 12) {
    const digits = Math.min(17, exponentOf(Math.max(Math.abs(value), error)) - exponentOf(error) + 2);
    return `${value.toExponential(digits - 1)} ± ${error.toExponential(1)}`;
  }
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}

function plain(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}
