/**
 * A payoff at expiry that is linear between levels: the sum of its pieces, each paying `cash + units × S` when
 * above < S < below, and nothing else.
 */
export type EuropeanPayoff = readonly LinearPiece[];

export interface LinearPiece {
  /** 0 when the piece reaches down to 0. */
  readonly above: number;
  /** Infinity when the piece has no end. */
  readonly below: number;
  readonly cash: number;
  readonly units: number;
}

export type Right = "call" | "put";

/** S − K. */
export function forward(strike: number): EuropeanPayoff {
  return [{ above: 0, below: Infinity, cash: -strike, units: 1 }];
}

/** max(S − K, 0), or max(K − S, 0). */
export function vanilla(right: Right, strike: number): EuropeanPayoff {
  return gap(right, strike, strike);
}

/** S − K if S > trigger, or K − S if S < trigger; may be negative. */
export function gap(right: Right, strike: number, trigger: number): EuropeanPayoff {
  const sign = right === "call" ? 1 : -1;
  return [{ ...side(right, trigger), cash: -sign * strike, units: sign }];
}

/** `cash` if S > K, or if S < K. */
export function digital(right: Right, strike: number, cash = 1): EuropeanPayoff {
  return [{ ...side(right, strike), cash, units: 0 }];
}

/** S if S > K, or if S < K. */
export function assetDigital(right: Right, strike: number): EuropeanPayoff {
  return [{ ...side(right, strike), cash: 0, units: 1 }];
}

/** `cash` if lower < S < upper. */
export function rangeDigital(lower: number, upper: number, cash = 1): EuropeanPayoff {
  return [{ above: lower, below: upper, cash, units: 0 }];
}

/** The price at which a payoff breaks, and by how much `cash` and `units` jump there on the way up. */
export interface Edge {
  readonly level: number;
  readonly cash: number;
  readonly units: number;
}

/** The edges at which a payoff breaks. Throws a RangeError when a piece's levels are not 0 ≤ above < below. */
export function edges(payoff: EuropeanPayoff): readonly Edge[] {
  return payoff.flatMap(({ above, below, cash, units }) => {
    if (!(above >= 0 && above < below && Number.isFinite(above))) {
      throw new RangeError(`levels must be 0 <= above < below, got above ${above}, below ${below}`);
    }
    if (!(Number.isFinite(cash) && Number.isFinite(units))) {
      throw new RangeError(`cash and units must be finite, got cash ${cash}, units ${units}`);
    }
    const start: Edge = { level: above, cash, units };
    const end: Edge = { level: below, cash: -cash, units: -units };
    return [start, end].filter(({ level }) => level > 0 && level < Infinity);
  });
}

function side(right: Right, level: number): { above: number; below: number } {
  return right === "call" ? { above: level, below: Infinity } : { above: 0, below: level };
}
