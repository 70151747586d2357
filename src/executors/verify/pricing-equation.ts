import type { GreekEstimate } from "../../analysis/result.js";
import { DIVIDEND_YIELD, estimatesOf, evenly, payoffOf, SPOT, type VerifiedPayoff } from "./estimates.js";
import { modelOf, type VerifiedModel } from "./models.js";
import { type Check, check, type Effort, type SectionDefinition } from "./section.js";

/** What the terms' rounding may leave, relative to their size. */
const ROUNDING = 1e-10;

/** A derivative that the equation has, and what it is multiplied by. */
type Terms = Readonly<Record<string, number>>;

/** ∂V/∂t + (r − q) S ∂V/∂S + ½ σ² S² ∂²V/∂S² − r V = 0. */
function blackScholesTerms({ rate, parameters }: VerifiedModel): Terms {
  return {
    ...{ theta_calendar: 1, price: -rate, delta: (rate - DIVIDEND_YIELD) * SPOT },
    gamma: 0.5 * parameters.volatility! ** 2 * SPOT ** 2,
  };
}

/** The same with ½ v S² ∂²V/∂S², and κ(θ − v) ∂V/∂v + ρ ξ v S ∂²V/∂S∂v + ½ ξ² v ∂²V/∂v². Heston (1993), eq. (6). */
function hestonTerms({ rate, parameters }: VerifiedModel): Terms {
  const { v0, kappa, theta, xi, rho } = parameters as Readonly<
    Record<"v0" | "kappa" | "theta" | "xi" | "rho", number>
  >;
  return {
    ...{ theta_calendar: 1, price: -rate, delta: (rate - DIVIDEND_YIELD) * SPOT },
    gamma: 0.5 * v0 * SPOT ** 2,
    d_v0: kappa * (theta - v0),
    d2_spot_v0: rho * xi * v0 * SPOT,
    d2_v0_v0: 0.5 * xi ** 2 * v0,
  };
}

const call = { right: "call", strike: 105 };

function europeans(years: number): readonly VerifiedPayoff[] {
  return [
    payoffOf("vanilla call 105", "vanilla", call, years),
    payoffOf("digital call 105", "digital", { ...call, cash: 100 }, years),
  ];
}

function pathDependent(years: number): readonly VerifiedPayoff[] {
  const quarters = evenly(4, years);
  const barrier = { ...call, barrier: 130, barrier_type: "up-and-out", rebate: 0 };
  return [
    payoffOf(
      "Asian call 105, 4 dates",
      "asian",
      { ...call, average: "arithmetic", strike_type: "fixed", observations: quarters },
      years,
    ),
    payoffOf("up-and-out call 105/130, 4 dates", "barrier", { ...barrier, observations: quarters }, years),
    payoffOf(
      "autocall 100/70, 4 dates",
      "autocall",
      {
        ...{ notional: 100, coupon: 0.02, reference: 100, autocall_barrier: 100, protection_barrier: 70 },
        observations: quarters,
      },
      years,
    ),
  ];
}

function watchedAlways(years: number): readonly VerifiedPayoff[] {
  const terms = { ...call, barrier: 130, barrier_type: "up-and-out", rebate: 0, observations: "continuous" };
  return [payoffOf("up-and-out call 105/130, continuous", "barrier", terms, years)];
}

/** What holds Greeks together: the partial differential equation that prices solve. */
export const pricingEquation: SectionDefinition = {
  name: "pricing-equation",
  title: "Pricing equation",
  criterion:
    "The residual of the pricing equation between today and the first date, with theta at fixed dates: 0. Black-Scholes: θ − rV + (r − q) S Δ + ½ σ² S² Γ; Heston: the same with v0 for σ², and κ(θ − v0) ∂V/∂v0 + ρ ξ v0 S ∂²V/∂S∂v0 + ½ ξ² v0 ∂²V/∂v0². Every term is estimated by a run with a seed of its own, so that errors are independent and add in quadrature. Passes within five standard errors, under Heston and 0.3 % of the sum of the terms' sizes.",
  async run(effort) {
    const flat = modelOf("black-scholes");
    const heston = modelOf("heston");
    return [
      ...(await residuals(
        flat,
        [...europeans(flat.years), ...pathDependent(flat.years), ...watchedAlways(flat.years)],
        blackScholesTerms(flat),
        effort,
      )),
      ...(await residuals(
        heston,
        [...europeans(heston.years), ...pathDependent(heston.years)],
        hestonTerms(heston),
        effort,
      )),
    ];
  },
};

async function residuals(
  model: VerifiedModel,
  payoffs: readonly VerifiedPayoff[],
  terms: Terms,
  effort: Effort,
): Promise<readonly Check[]> {
  const runs = new Map<string, readonly Readonly<Record<string, GreekEstimate>>[]>();
  for (const greek of Object.keys(terms)) {
    if (effort.aborted()) return [];
    const options = { greeks: [greek], paths: effort.paths / 2, seed: `${effort.seed} ${greek}` };
    runs.set(greek, await estimatesOf(model, payoffs, options, effort));
  }
  return payoffs.map(({ name: payoff }, p) => {
    const parts = Object.entries(terms).map(([greek, factor]) => {
      const { value, standardError } = runs.get(greek)![p]![greek]!;
      return { value: factor * value, error: factor * standardError };
    });
    const size = parts.reduce((sum, { value }) => sum + Math.abs(value), 0);
    return check({
      labels: { model: model.name, payoff, terms: Object.keys(terms).join(", ") },
      value: parts.reduce((sum, { value }) => sum + value, 0),
      standardError: Math.hypot(...parts.map(({ error }) => error)),
      expected: 0,
      allowed: model.allowedBias.ofValue * size,
      rounding: ROUNDING * size,
    });
  });
}
