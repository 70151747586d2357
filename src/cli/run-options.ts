import {
  availableGreeks,
  dynamics,
  ESTIMATORS,
  GREEK_SETS,
  PROFILES,
  type RunOptions,
  SAMPLERS,
} from "../index.js";
import { UsageError } from "./io.js";
import { choice, greekNames, positiveNumber, share, wholeNumber } from "./option-values.js";

/** The options that say how a book is valued: they make the numbers. */
export interface RunArguments {
  readonly greeks: string;
  readonly estimator: string;
  readonly paths: string;
  readonly batches: string;
  readonly sampler: string;
  readonly seed: string;
  readonly profile: string;
  readonly precision?: string;
  readonly maxPaths?: string;
  readonly maxSeconds?: string;
}

export function readOptions(
  args: RunArguments,
): RunOptions & { readonly seed: string; readonly batches: number } {
  const known = availableGreeks(Object.values(dynamics)).map(({ name }) => name);
  return {
    greeks: greekNames(args.greeks, GREEK_SETS, known),
    estimator: choice("--estimator", args.estimator, ESTIMATORS),
    sampler: choice("--sampler", args.sampler, SAMPLERS),
    profile: choice("--profile", args.profile, PROFILES),
    paths: wholeNumber("--paths", args.paths, 1),
    batches: wholeNumber("--batches", args.batches, 2),
    seed: args.seed,
    ...readPrecision(args),
  };
}

function readPrecision({ precision, maxPaths, maxSeconds }: RunArguments) {
  if (precision === undefined && (maxPaths ?? maxSeconds) !== undefined)
    throw new UsageError(
      `${maxPaths === undefined ? "--max-seconds" : "--max-paths"} must come with --precision`,
    );
  return {
    ...(precision !== undefined && { precision: share("--precision", precision) }),
    ...(maxPaths !== undefined && { maxPaths: wholeNumber("--max-paths", maxPaths, 1) }),
    ...(maxSeconds !== undefined && { maxSeconds: positiveNumber("--max-seconds", maxSeconds) }),
  };
}
