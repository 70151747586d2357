import type { EuropeanPayoff } from "./european-payoff.js";
import { type HestonMarket, heston } from "./heston.js";

const PARAMETERS = ["v0", "kappa", "theta", "xi", "rho"] as const;
type Parameter = (typeof PARAMETERS)[number];

export type HestonPair = `d2_${Parameter}_${Parameter}`;

/**
 * The second derivatives in two of Heston's parameters, by the program's names: central differences of sixth order of the
 * exact first ones, ten digits of their natural size. Throws like `heston`.
 */
export function hestonSecondOrder(
  market: HestonMarket,
  payoff: EuropeanPayoff,
  expiry: number,
): Readonly<Partial<Record<HestonPair, number>>> {
  const greeks: Partial<Record<HestonPair, number>> = {
    d2_v0_v0: heston(market, payoff, expiry).d2_v0_v0,
  };
  // The variance today may be 0, where nothing can be differenced: the other parameter is.
  for (const [i, moved] of PARAMETERS.entries()) {
    if (moved === "v0") continue;
    const room = moved === "rho" ? 1 - Math.abs(market.rho) : market[moved];
    const step = 0.01 * room;
    const at = (steps: number) =>
      heston({ ...market, [moved]: market[moved] + steps * step }, payoff, expiry);
    const ends = [45, -9, 1].map((weight, k) => ({ weight, above: at(k + 1), below: at(-k - 1) }));
    for (const other of PARAMETERS.slice(0, i + 1)) {
      const sum = ends.reduce(
        (total, { weight, above, below }) => total + weight * (above[`d_${other}`] - below[`d_${other}`]),
        0,
      );
      greeks[`d2_${other}_${moved}`] = sum / (60 * step);
    }
  }
  return greeks;
}
