import { add, complex, exp, multiply, scale, subtract } from "../numerics/complex.js";
import { integrateEven } from "../numerics/quadrature.js";
import type { NumberTable } from "../numerics/terms.js";
import { type EuropeanPayoff, edges } from "./european-payoff.js";
import type { CommonGreek, Greeks } from "./greeks.js";
import { type HestonParameters, hestonLogCharacteristic } from "./heston-characteristic.js";
import { EXPIRY_TERM, MARKET_TERMS, type MarketTerms, requireValid } from "./validity.js";

export type HestonMarket = MarketTerms & HestonParameters;

export type HestonGreek =
  | CommonGreek
  | "d_v0"
  | "d_kappa"
  | "d_theta"
  | "d_xi"
  | "d_rho"
  | "d2_spot_v0"
  | "d2_v0_v0";

const TERMS = {
  ...MARKET_TERMS,
  ...EXPIRY_TERM,
  v0: { kind: "number", meaning: "variance today", unit: "per year", atLeast: 0 },
  kappa: { kind: "number", meaning: "speed of mean reversion", unit: "per year", above: 0 },
  theta: { kind: "number", meaning: "long-run variance", unit: "per year", above: 0 },
  xi: { kind: "number", meaning: "volatility of variance", unit: "per year", atLeast: 1e-4 },
  rho: { kind: "number", meaning: "correlation of spot and variance", unit: "none", above: -1, below: 1 },
} as const satisfies NumberTable;

/**
 * Exact price and Greeks of a European payoff under Heston; `expiry` in years. Errors are near 1e-15 of the natural
 * size (spot or cash, times the integral's multiplier): an option far out of the money has no more digits than that.
 * `vega`, `vanna` and `volga` are for the parallel shift of √v0 and √θ together.
 * Throws a RangeError when a number is outside its bounds, an Error when the integral does not converge.
 *
 * With x = ln(F/K) and z = u − i/2, an edge of the payoff at K contributes (Lewis, "A simple option formula", 2001)
 *     (1/π) ∫₀^∞ Re[ e^{izx} ψ(z) (jump iz − cash) / (iz(iz − 1)) ] du,   jump = cash + K units,
 * ψ(z) = E[e^{iz ln(S_T/F)}]. Every Greek multiplies the integrand: D = ∂/∂ ln S by iz, a parameter by ∂ ln ψ.
 */
export function heston(market: HestonMarket, payoff: EuropeanPayoff, expiry: number): Greeks<HestonGreek> {
  requireValid(TERMS, { ...market, expiry });
  const { spot: S, rate: r, dividendYield: q } = market;
  const T = expiry;
  const forwardPrice = S * Math.exp((r - q) * T);
  const discount = Math.exp(-r * T);
  const integral = integrals(market, payoff, { forwardPrice, years: T });

  // The contour passes between the poles of cash and of units: these are what their residues leave.
  let h = integral.h;
  let Dh = integral.Dh;
  for (const { above, below, cash, units } of payoff) {
    if (above === 0) h += cash;
    if (below === Infinity) {
      h += units * forwardPrice;
      Dh += units * forwardPrice;
    }
  }
  const theta_calendar = discount * (r * h - (r - q) * Dh - integral.byYears);
  return {
    price: discount * h,
    delta: (discount * Dh) / S,
    gamma: (discount * integral.Gh) / S ** 2,
    speed: (discount * (integral.DGh - 2 * integral.Gh)) / S ** 3,
    vega: discount * integral.byVolatility,
    vanna: (discount * integral.DbyVolatility) / S,
    volga: discount * integral.byVolatilityTwice,
    theta: theta_calendar,
    theta_calendar,
    charm: (discount * (r * Dh - (r - q) * (Dh + integral.Gh) - integral.DbyYears)) / S,
    rho: discount * T * (Dh - h),
    dividend_rho: -discount * T * Dh,
    d_v0: discount * integral.byV0,
    d_kappa: discount * integral.byKappa,
    d_theta: discount * integral.byTheta,
    d_xi: discount * integral.byXi,
    d_rho: discount * integral.byRho,
    d2_spot_v0: (discount * integral.DbyV0) / S,
    d2_v0_v0: discount * integral.byV0Twice,
  };
}

/** The integral part of h = E[payoff] and of its derivatives, with the forward fixed but for D; G = D(D − 1). */
function integrals(
  parameters: HestonParameters,
  payoff: EuropeanPayoff,
  { forwardPrice, years }: { forwardPrice: number; years: number },
) {
  const { v0, theta } = parameters;
  const jumps = edges(payoff).map(({ level, cash, units }) => ({
    moneyness: Math.log(forwardPrice / level),
    cash,
    jump: cash + level * units,
  }));
  return integrateEven(
    (u) => {
      const iz = complex(0.5, u);
      const lnψ = hestonLogCharacteristic(parameters, years, u);
      const atEdges = jumps.map(({ moneyness, cash, jump }) =>
        multiply(exp(add(lnψ.value, scale(moneyness, iz))), subtract(scale(jump, iz), complex(cash))),
      );
      const kernel = scale(1 / Math.PI, add(...atEdges));
      const h = scale(-1 / (u * u + 0.25), kernel);
      const Dh = multiply(iz, h);
      const byVolatility = add(scale(2 * Math.sqrt(v0), lnψ.byV0), scale(2 * Math.sqrt(theta), lnψ.byTheta));
      const volatilityBend = scale(2, add(lnψ.byV0, lnψ.byTheta));
      return {
        h: h.re,
        Dh: Dh.re,
        Gh: kernel.re,
        DGh: multiply(iz, kernel).re,
        byV0: multiply(lnψ.byV0, h).re,
        byKappa: multiply(lnψ.byKappa, h).re,
        byTheta: multiply(lnψ.byTheta, h).re,
        byXi: multiply(lnψ.byXi, h).re,
        byRho: multiply(lnψ.byRho, h).re,
        byYears: multiply(lnψ.byYears, h).re,
        byVolatility: multiply(byVolatility, h).re,
        byVolatilityTwice: multiply(add(multiply(byVolatility, byVolatility), volatilityBend), h).re,
        byV0Twice: multiply(multiply(lnψ.byV0, lnψ.byV0), h).re,
        DbyV0: multiply(lnψ.byV0, Dh).re,
        DbyYears: multiply(lnψ.byYears, Dh).re,
        DbyVolatility: multiply(byVolatility, Dh).re,
      };
    },
    cutoff(parameters, years),
  );
}

/** Where |ψ| u³, which bounds every integrand, has fallen below e^{−45} = 3e-20. */
function cutoff(parameters: HestonParameters, years: number): number {
  let u = 1;
  while (hestonLogCharacteristic(parameters, years, u).value.re + 3 * Math.log(u) > -45) u *= 1.25;
  return u;
}
