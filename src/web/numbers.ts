import { withError } from "../report/with-error.js";

/** Value and error as they are shown: a true minus sign, thousands apart. */
export function shown(value: number, error: number): { readonly value: string; readonly error: string } {
  const [left, right] = withError(value, error).split(" ± ") as [string, string | undefined];
  return { value: spaced(left), error: right === undefined ? "exact" : `± ${spaced(right)}` };
}

/** Thousands apart by narrow spaces, where there are many digits before the point. */
export function spaced(text: string): string {
  const [whole, ...rest] = text.replace("-", "−").split(".") as [string, ...string[]];
  const grouped = /^−?\d{5,}$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  return [grouped, ...rest].join(".");
}
