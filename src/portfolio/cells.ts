import { closestName } from "../numerics/closest-name.js";
import { dayNumber, yearsBetween } from "../numerics/dates.js";
import type { Reason } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import {
  type NumberTerm,
  numberFault,
  numberRule,
  type Observations,
  type ObservationsTerm,
} from "../numerics/terms.js";

/** Says why a cell cannot be used; the reader then returns the undefined it gets back. */
export type Report = (reason: Reason, message: string) => undefined;

/** The day all times are counted from. */
export interface ValuationDay {
  /** As written: "2026-11-23". */
  readonly date: string;
  readonly number: number;
}

/** Plain or exponent notation; not NaN, Infinity, hexadecimal, or with separators. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const MAX_OBSERVATIONS = 10_000;
/** The span that observations lie in. */
export interface Horizon {
  /** Years. */
  readonly expiry: number;
  readonly today: ValuationDay;
}

/** Half a minute; below, observation dates would fall together. */
const MIN_YEARS = 1e-6;
/** So that "2027" or "20270630" is not taken for years. */
const MAX_YEARS = 100;
const DATE_RULE = 'an ISO date ("2027-06-30") or years as a decimal number ("0.75")';

/** A decimal number within its term's bounds. */
export function readNumber(name: string, text: string, term: NumberTerm, report: Report): number | undefined {
  if (!NUMBER.test(text)) {
    return report("parsing", `${numberRule(name, term)}, written as a decimal number, got ${quoted(text)}`);
  }
  const value = Number(text);
  const fault = numberFault(name, term, value);
  return fault === null ? value : report("invalid", fault);
}

/** A signed decimal, kept as written because positions are computed exactly. */
export function readQuantity(text: string, report: Report): string | undefined {
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return text;
  return report("parsing", `quantity must be a finite decimal number, got ${quoted(text)}`);
}

/** One of the words of a list. */
export function readChoice(
  name: string,
  text: string,
  choices: readonly string[],
  report: Report,
): string | undefined {
  if (choices.includes(text)) return text;
  const meant = closestName(text, choices);
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  return report("invalid", `${name} must be ${choices.join(" or ")}, got ${quoted(text)}${hint}`);
}

/** Time to expiry in years, by act/365f when written as a date. */
export function readExpiry(text: string, today: ValuationDay, report: Report): number | undefined {
  const years = readYears("expiry", text, today, report);
  if (years === undefined || (years >= MIN_YEARS && years <= MAX_YEARS)) return years;
  const rule =
    years <= 0 ? `after the valuation date ${today.date}` : `from ${MIN_YEARS} to ${MAX_YEARS} years away`;
  return report("invalid", `expiry must be ${rule}, got ${quoted(text)}`);
}

/**
 * Observation times in years: a count n gives t_i = iT/n for i = 1..n; a list of dates or years stands as it is.
 * A plain integer alone is a count. `continuous` is a value where the term allows it.
 */
export function readObservations(
  text: string,
  { expiry, today }: Horizon,
  { continuous }: Pick<ObservationsTerm, "continuous">,
  report: Report,
): Observations | undefined {
  if (text === "continuous") {
    if (continuous) return text;
    return report(
      "unsupported",
      "observations must be a count or a list of dates; continuous observation is not offered for this product",
    );
  }
  if (/^\d+$/.test(text)) {
    const count = Number(text);
    if (count >= 1 && count <= MAX_OBSERVATIONS) {
      return Array.from({ length: count }, (_, i) => expiry * ((i + 1) / count));
    }
    return report(
      "invalid",
      `the count of observations must be from 1 to ${MAX_OBSERVATIONS}, got ${quoted(text)}`,
    );
  }
  const times: number[] = [];
  for (const item of text.split(";").map((part) => part.trim())) {
    const time = readYears("every one of observations", item, today, report);
    if (time === undefined) return undefined;
    const previous = times.at(-1) ?? 0;
    if (time <= 0) {
      return report(
        "invalid",
        `observations must be after the valuation date ${today.date}, got ${quoted(item)}`,
      );
    }
    if (time <= previous) {
      return report(
        "invalid",
        `observations must be strictly increasing, got ${quoted(item)} after an equal or later one`,
      );
    }
    if (time > expiry) {
      return report("invalid", `observations must not be after expiry, got ${quoted(item)}`);
    }
    times.push(time);
  }
  return times;
}

function readYears(name: string, text: string, today: ValuationDay, report: Report): number | undefined {
  const day = dayNumber(text);
  if (day !== null) return yearsBetween(today.number, day);
  if (NUMBER.test(text)) return Number(text);
  return report("parsing", `${name} must be ${DATE_RULE}, got ${quoted(text)}`);
}
