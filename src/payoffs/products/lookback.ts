import type { TermTable, TermValues } from "../../numerics/terms.js";
import { expectedHighest, expectedLowest } from "../bridge.js";
import { highest, lowest, max, min, price, subtract } from "../build.js";
import type { Expression } from "../expression.js";
import { type Product, TermsError } from "../product.js";
import { exercised } from "./exercise.js";
import { watchedPayoff } from "./schedule.js";
import { optionalStrike, right, watched } from "./shared-terms.js";

const terms = {
  right,
  strike: optionalStrike,
  strike_type: {
    kind: "choice",
    meaning: "fixed: the extreme is paid against the strike; floating: the final price against the extreme",
    choices: ["fixed", "floating"],
    default: "floating",
  },
  observations: watched,
  running_extreme: {
    kind: "number",
    meaning:
      "extreme observed before today, 0 for none: the highest or the lowest price, whichever the payoff looks at",
    unit: "price",
    atLeast: 0,
    default: 0,
  },
} as const satisfies TermTable;

/** Fixed: max(M − K, 0), max(K − m, 0); floating: S_T − m, M − S_T, over what is watched and the running extreme. */
export const lookback: Product<typeof terms> = {
  name: "lookback",
  meaning: "pays on the highest or lowest observed price, against a strike or the final price",
  terms,
  payoff({ right, strike, strike_type, observations, running_extreme }, expiry) {
    if (strike_type === "fixed") requireStrike(strike);
    const running = running_extreme > 0;
    return watchedPayoff(observations, expiry, ({ observed, last }) => {
      if (observed === "continuous")
        return watchedAlways({ right, strike, strike_type, running_extreme }, last);
      const high = running ? max(highest(observed), running_extreme) : highest(observed);
      const low = running ? min(lowest(observed), running_extreme) : lowest(observed);
      if (strike_type === "fixed") return exercised(right, right === "call" ? high : low, strike);
      // A call looks at the lowest price, and a put at the highest. Where expiry is not observed both may lose.
      return right === "call" ? subtract(price(last), low) : subtract(high, price(last));
    });
  },
};

function requireStrike(strike: number): void {
  if (strike === 0) throw new TermsError("strike", "strike must be given with a fixed strike, got none");
}

/** The mean of the payoff given the prices up to date `last`: E max(M − K, 0) = E max(M, K) − K, and so on. */
function watchedAlways(
  { right, strike, strike_type, running_extreme }: Omit<TermValues<typeof terms>, "observations">,
  last: number,
): Expression {
  const lowSoFar = running_extreme > 0 ? running_extreme : Infinity;
  const high = (floor: number) => expectedHighest(floor, last + 1);
  const low = (ceiling: number) => expectedLowest(ceiling, last + 1);
  if (strike_type === "floating")
    return right === "call"
      ? subtract(price(last), low(lowSoFar))
      : subtract(high(running_extreme), price(last));
  return right === "call"
    ? subtract(high(Math.max(running_extreme, strike)), strike)
    : subtract(strike, low(Math.min(lowSoFar, strike)));
}
