import { closestName } from "../numerics/closest-name.js";
import { UsageError } from "./io.js";

/** One of the choices an option has. */
export function choice<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((name) => name === value);
  if (found !== undefined) return found;
  const near = closestName(value, choices);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(`${option} must be one of ${choices.join(", ")} in this version, got ${value}${hint}`);
}

export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least && value <= 2 ** 31) return value;
  throw new UsageError(`${option} must be a whole number >= ${least}, got ${text}`);
}

export function positiveNumber(option: string, text: string): number {
  const value = Number(text);
  if (/^[\d.]+(e-?\d+)?$/i.test(text) && value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`${option} must be a number > 0, got ${text}`);
}

/** "0.5%" or 0.005. */
export function share(option: string, text: string): number {
  const percent = text.endsWith("%");
  const value = Number(percent ? text.slice(0, -1) : text);
  if (text.length > 0 && value > 0 && Number.isFinite(value)) return percent ? value / 100 : value;
  throw new UsageError(`${option} must be a share > 0, "0.5%" or 0.005, got ${text}`);
}

/** A set of Greeks, or names of Greeks separated by commas. */
export function greekNames<S extends string>(
  text: string,
  sets: readonly S[],
  known: readonly string[],
): S | readonly string[] {
  const set = sets.find((name) => name === text);
  return set ?? text.split(",").map((name) => choice("--greeks", name.trim(), [...sets, ...known]));
}
