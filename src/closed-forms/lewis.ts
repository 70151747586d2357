import { add, type Complex, complex, exp, multiply, scale, subtract } from "../numerics/complex.js";
import { integrateEven } from "../numerics/quadrature.js";
import { type EuropeanPayoff, edges } from "./european-payoff.js";
import type { MarketTerms } from "./validity.js";

/** ln ψ, ψ(z) = E[e^{iz ln(S_T/F)}] at z = u − i/2, with its derivatives in the time and in named parameters. */
export interface Exponent<Name extends string, Pair extends string> {
  readonly value: Complex;
  /** ln |ψ|, or a bound of it: what falls as u grows. */
  readonly size: number;
  readonly byYears: Complex;
  readonly by: Readonly<Record<Name, Complex>>;
  /** Second derivatives: of which two parameters, and ∂² ln ψ. */
  readonly twice: Readonly<
    Record<Pair, { readonly of: readonly [NoInfer<Name>, NoInfer<Name>]; readonly bend: Complex }>
  >;
}

export interface LewisRequest<Name extends string, Pair extends string> {
  readonly market: MarketTerms;
  readonly payoff: EuropeanPayoff;
  readonly years: number;
  readonly exponent: (u: number) => Exponent<Name, Pair>;
}

/** Price and Greeks; per parameter the derivative, and that of delta; per pair the second derivative. */
export interface LewisGreeks<Name extends string, Pair extends string> {
  readonly common: Readonly<
    Record<
      "price" | "delta" | "gamma" | "speed" | "theta" | "theta_calendar" | "charm" | "rho" | "dividend_rho",
      number
    >
  >;
  readonly by: Readonly<Record<Name, number>>;
  readonly bySpotAnd: Readonly<Record<Name, number>>;
  readonly twice: Readonly<Record<Pair, number>>;
}

/**
 * Price and Greeks of a European payoff from the characteristic function of the log-return. Errors are near 1e-15 of the
 * natural size (spot or cash, times the integral's multiplier): an option far out of the money has no more digits than that.
 * Throws an Error when the integral does not converge.
 *
 * With x = ln(F/K) and z = u − i/2, an edge of the payoff at K contributes (Lewis, "A simple option formula", 2001)
 *     (1/π) ∫₀^∞ Re[ e^{izx} ψ(z) (jump iz − cash) / (iz(iz − 1)) ] du,   jump = cash + K units.
 * Every Greek multiplies the integrand: D = ∂/∂ ln S by iz, a parameter by ∂ ln ψ, two by ∂ ln ψ ∂ ln ψ + ∂² ln ψ.
 */
export function lewis<Name extends string, Pair extends string>(
  request: LewisRequest<Name, Pair>,
): LewisGreeks<Name, Pair> {
  const { market, payoff, years: T } = request;
  const { spot: S, rate: r, dividendYield: q } = market;
  const forwardPrice = S * Math.exp((r - q) * T);
  const discount = Math.exp(-r * T);
  const integral = integrals(request, forwardPrice);

  // The contour passes between the poles of cash and of units: these are what their residues leave.
  let h = integral.h!;
  let Dh = integral.Dh!;
  for (const { above, below, cash, units } of payoff) {
    if (above === 0) h += cash;
    if (below === Infinity) {
      h += units * forwardPrice;
      Dh += units * forwardPrice;
    }
  }
  const { Gh, DGh, byYears, DbyYears } = integral as Readonly<Record<string, number>>;
  const theta_calendar = discount * (r * h - (r - q) * Dh - byYears!);
  const { by, twice } = request.exponent(0);
  const named = <N extends string>(names: readonly string[], prefix: string, factor: number) =>
    Object.fromEntries(names.map((name) => [name, factor * integral[prefix + name]!])) as Record<N, number>;
  return {
    common: {
      price: discount * h,
      delta: (discount * Dh) / S,
      gamma: (discount * Gh!) / S ** 2,
      speed: (discount * (DGh! - 2 * Gh!)) / S ** 3,
      theta: theta_calendar,
      theta_calendar,
      charm: (discount * (r * Dh - (r - q) * (Dh + Gh!) - DbyYears!)) / S,
      rho: discount * T * (Dh - h),
      dividend_rho: -discount * T * Dh,
    },
    by: named<Name>(Object.keys(by), BY, discount),
    bySpotAnd: named<Name>(Object.keys(by), BY_SPOT_AND, discount / S),
    twice: named<Pair>(Object.keys(twice), TWICE, discount),
  };
}

const BY = "by ";
const BY_SPOT_AND = "by spot and ";
const TWICE = "twice ";

/** The integral part of h = E[payoff] and of its derivatives, with the forward fixed but for D; G = D(D − 1). */
function integrals<Name extends string, Pair extends string>(
  { payoff, exponent }: LewisRequest<Name, Pair>,
  forwardPrice: number,
): Readonly<Record<string, number>> {
  const jumps = edges(payoff).map(({ level, cash, units }) => ({
    moneyness: Math.log(forwardPrice / level),
    cash,
    jump: cash + level * units,
  }));
  return integrateEven((u) => {
    const iz = complex(0.5, u);
    const { value, byYears, by, twice } = exponent(u);
    const atEdges = jumps.map(({ moneyness, cash, jump }) =>
      multiply(exp(add(value, scale(moneyness, iz))), subtract(scale(jump, iz), complex(cash))),
    );
    const kernel = scale(1 / Math.PI, add(...atEdges));
    const h = scale(-1 / (u * u + 0.25), kernel);
    const Dh = multiply(iz, h);
    const ordinates: Record<string, number> = {
      h: h.re,
      Dh: Dh.re,
      Gh: kernel.re,
      DGh: multiply(iz, kernel).re,
      byYears: multiply(byYears, h).re,
      DbyYears: multiply(byYears, Dh).re,
    };
    for (const name in by) {
      ordinates[BY + name] = multiply(by[name], h).re;
      ordinates[BY_SPOT_AND + name] = multiply(by[name], Dh).re;
    }
    for (const name in twice) {
      const { of, bend } = twice[name];
      ordinates[TWICE + name] = multiply(add(multiply(by[of[0]], by[of[1]]), bend), h).re;
    }
    return ordinates;
  }, cutoff(exponent));
}

/** Where |ψ| u³, which bounds every integrand, has fallen below e^{−45} = 3e-20 for good. */
function cutoff(exponent: (u: number) => { readonly size: number }): number {
  let u = 1;
  while (exponent(u).size + 3 * Math.log(u) > -45) u *= 1.25;
  return u;
}
