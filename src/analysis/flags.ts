import { hasKinks } from "../payoffs/analyse.js";
import type { Amount } from "../payoffs/payoff.js";

/** Fewer paths than this do not make a normal mean, so the error bar cannot be trusted. */
const LEAST_EFFECTIVE_PATHS = 100;
/** Controls take most of a heavy tail away: only where hardly any path makes the variance is the error bar in doubt. */
const LEAST_VARIANCE_PATHS = 10;
/** A weight whose mean is this many standard errors off its exact value says that the simulation is wrong. */
const LARGEST_SCORE_Z = 5;
/** Where one batch makes nearly all of the spread, the next run may have two such batches, or none and no error bar to speak of. */
const LARGEST_BATCH_SHARE = 0.9;
/** A spread this small is rounding: either the estimate is exact, or no path has seen what would make it spread. */
export const ROUNDING = 1e-12;

/** What is known of an estimate before its batches are looked at. */
export interface Diagnostics {
  readonly paths: number;
  /** (Σ|f W|)² / Σ(f W)²: paths that carry the estimate. */
  readonly effectiveSampleSize: number;
  /** E[(f W)⁴] / E[(f W)²]². */
  readonly kurtosis: number;
  /** Of the mean of the weight, whose exact value is known. */
  readonly scoreZ: number;
  /** Whether kinks and jumps of the payoff are integrated out, so that no path can miss them. */
  readonly isSmoothed: boolean;
}

/** How the batches spread. */
export interface Spread {
  /** Over the size of one path's term. */
  readonly relativeError: number;
  /** The share of the squared spread that one batch makes. */
  readonly largestShare: number;
}

/** Why an estimate or its error bar should not be trusted; empty when nothing speaks against them. */
export function flagsOf(
  amount: Amount,
  { paths, effectiveSampleSize, kurtosis, scoreZ, isSmoothed }: Diagnostics,
  { relativeError, largestShare }: Spread,
): string[] {
  const flags: string[] = [];
  if (effectiveSampleSize < LEAST_EFFECTIVE_PATHS) {
    const effective = Math.round(effectiveSampleSize);
    flags.push(
      `rests on about ${effective} effective paths: neither value nor error bar is reliable, use more paths`,
    );
  } else if (
    !isSmoothed &&
    !(relativeError >= ROUNDING) &&
    (typeof amount === "function" || hasKinks(amount))
  ) {
    flags.push(
      "every path lies on one side of the payoff's kink: what rarer paths would add is not in the error bar",
    );
  } else if (paths / kurtosis < LEAST_VARIANCE_PATHS) {
    flags.push(
      `the weights have tails so heavy (kurtosis ${kurtosis.toPrecision(2)}) that about ${Math.round(paths / kurtosis)} paths make the error bar: it is not reliable`,
    );
  } else if (largestShare > LARGEST_BATCH_SHARE) {
    const percent = Math.round(100 * largestShare);
    flags.push(
      `one batch makes ${percent} % of the spread: rare paths dominate, and the error bar is not reliable`,
    );
  }
  if (!(Math.abs(scoreZ) <= LARGEST_SCORE_Z)) {
    flags.push(`the mean of its weight is ${scoreZ.toFixed(1)} standard errors off its exact value`);
  }
  return flags;
}
