import { dynamics as catalogue } from "../dynamics/catalogue.js";
import type { Dynamics } from "../dynamics/dynamics.js";
import { type EstimatorName, estimators } from "../estimators/catalogue.js";
import { availableGreeks, GREEK_SETS, type Greek, greeksOf, isInSet } from "../estimators/greeks.js";
import { closestName } from "../numerics/closest-name.js";
import type { EstimatorChoice, GreekSet, Profile, RunOptions, Sampler } from "./options.js";

export const SAMPLERS: readonly Sampler[] = ["sobol", "random"];
export const PROFILES: readonly Profile[] = ["raw", "desk"];
export const ESTIMATORS: readonly EstimatorChoice[] = [
  "auto",
  ...(Object.keys(estimators) as EstimatorName[]),
];

/** What the estimators are, in words, and what they are biased by. */
export const ESTIMATOR_MEANINGS: readonly {
  readonly name: EstimatorChoice;
  readonly meaning: string;
  readonly bias: string | null;
}[] = [
  {
    name: "auto",
    meaning: "conditional where it applies, else the best of a trial, trade by trade and Greek by Greek",
    bias: null,
  },
  ...Object.entries(estimators).map(([name, { meaning, bias }]) => ({
    name: name as EstimatorName,
    meaning,
    bias,
  })),
];

/** Options with their defaults, checked. */
export interface Settings {
  readonly greeks: GreekSet | readonly string[];
  readonly estimator: EstimatorChoice;
  readonly paths: number;
  readonly precision: Precision | null;
  readonly batches: number;
  readonly sampler: Sampler;
  readonly seed: string;
  readonly profile: Profile;
}

/** How sharp the numbers have to be, and what that may take. */
export interface Precision {
  readonly share: number;
  readonly maxPaths: number;
  readonly maxSeconds: number;
}

function readPrecision({ precision, maxPaths, maxSeconds }: RunOptions): Precision | null {
  const limits = {
    maxPaths: wholeNumber("maxPaths", maxPaths ?? 2 ** 24, 1, 2 ** 31),
    maxSeconds: positive("maxSeconds", maxSeconds ?? Infinity),
  };
  if (precision !== undefined) return { share: positive("precision", precision), ...limits };
  const given = maxPaths !== undefined ? "maxPaths" : maxSeconds !== undefined ? "maxSeconds" : null;
  if (given !== null) throw new RangeError(`${given} must come with precision, got none`);
  return null;
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(`${name} must be > 0, got ${value}`);
}

/** Throws RangeError that says what an option must be and what came. */
export function readSettings(options: RunOptions): Settings {
  const { greeks = "first", estimator = "auto", sampler = "sobol", profile = "raw", seed = "1" } = options;
  oneOf("estimator", estimator, ESTIMATORS);
  oneOf("sampler", sampler, SAMPLERS);
  oneOf("profile", profile, PROFILES);
  return {
    greeks: readGreeks(greeks),
    estimator,
    paths: wholeNumber("paths", options.paths ?? 65_536, 1, 2 ** 31),
    precision: readPrecision(options),
    // Two batches are the least that have a spread; a net and its counters number them with 32 bits.
    batches: wholeNumber("batches", options.batches ?? 64, 2, 65_536),
    sampler,
    seed,
    profile,
  };
}

function readGreeks(greeks: GreekSet | readonly string[]): GreekSet | readonly string[] {
  if (typeof greeks === "string") {
    oneOf("greeks", greeks, GREEK_SETS);
    return greeks;
  }
  const known = availableGreeks(Object.values(catalogue)).map(({ name }) => name);
  for (const name of greeks) {
    if (known.includes(name)) continue;
    const near = closestName(name, known);
    throw new RangeError(
      `greeks must be ${GREEK_SETS.join(", ")} or names of ${known.join(", ")}, got ${JSON.stringify(name)}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  if (greeks.length === 0) throw new RangeError("greeks must name at least one Greek, got none");
  return [...new Set(greeks)];
}

function oneOf<T extends string>(name: string, value: T, choices: readonly T[]): void {
  if (!choices.includes(value)) {
    throw new RangeError(`${name} must be one of ${choices.join(", ")}, got ${JSON.stringify(value)}`);
  }
}

function wholeNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}, got ${value}`);
}

/** The Greeks a model is asked for, and those asked for by name that it cannot give. */
export function chooseGreeks(
  settings: Settings,
  dynamics: Dynamics,
): { readonly greeks: readonly Greek[]; readonly missing: readonly string[] } {
  const { greeks: choice } = settings;
  const available = greeksOf(dynamics);
  if (typeof choice === "string") {
    return { greeks: available.filter((greek) => isInSet(greek, choice as GreekSet)), missing: [] };
  }
  const found = choice.map((name) => available.find((greek) => greek.name === name));
  return {
    greeks: found.filter((greek) => greek !== undefined),
    missing: choice.filter((_, i) => found[i] === undefined),
  };
}

/** Greeks of the chosen set that other models have under the same meaning and this one lacks, "heston: volga". */
export function unavailableInSet(settings: Settings, dynamics: Dynamics): readonly string[] {
  const { greeks: set } = settings;
  if (typeof set !== "string") return [];
  const own = greeksOf(dynamics).map(({ name }) => name);
  const shared = availableGreeks(Object.values(catalogue)).filter(({ name }) => !/^d2?_/.test(name));
  return shared
    .filter((greek) => isInSet(greek, set as GreekSet) && !own.includes(greek.name))
    .map(({ name }) => `${dynamics.name}: ${name}`);
}
