import type { GreekEstimate } from "../../analysis/result.js";
import { estimatesOf, evenly, payoffOf, type VerifiedPayoff } from "./estimates.js";
import { type AllowedBias, modelOf, type VerifiedModel } from "./models.js";
import { type Check, check, type Effort, type SectionDefinition } from "./section.js";

const ESTIMATORS = ["likelihood-ratio", "conditional", "pathwise", "finite-difference"] as const;
/** What central differences with bumps of 1 % may be off, as a share of the Greek: h²/6 of its second derivative, for monthly dates. */
const DIFFERENCE_BIAS: AllowedBias = { ofValue: 0.01, ofSize: 0 };
/** Two estimates of a number that closed forms give exactly differ by rounding, relative to the Greek. */
const ROUNDING = 1e-10;
const GREEKS = ["price", "delta", "gamma", "vega", "rho", "d_v0"];

/** Payoffs with and without jumps, of one date and of several, paid at the end and on the way. */
function payoffs(years: number): readonly VerifiedPayoff[] {
  const call = { right: "call", strike: 100 };
  const [months, quarters] = [evenly(12, years), evenly(4, years)];
  return [
    payoffOf("vanilla call 100", "vanilla", call, years),
    payoffOf("digital call 100", "digital", { ...call, cash: 1 }, years),
    payoffOf(
      "Asian call 100, 12 dates",
      "asian",
      { ...call, average: "arithmetic", strike_type: "fixed", observations: months },
      years,
    ),
    payoffOf(
      "up-and-out call 100/130, 12 dates",
      "barrier",
      { ...call, barrier: 130, barrier_type: "up-and-out", observations: months, rebate: 0 },
      years,
    ),
    payoffOf(
      "autocall 100/85, 4 dates",
      "autocall",
      {
        ...{ notional: 100, coupon: 0.02, reference: 100, autocall_barrier: 100, protection_barrier: 85 },
        observations: quarters,
      },
      years,
    ),
  ];
}

/** Every pair of estimators that apply to a payoff and a Greek. */
export const estimatorAgreement: SectionDefinition = {
  name: "estimator-agreement",
  title: "Agreement of the estimators",
  criterion:
    "Each estimator that applies values the same payoffs with random numbers of its own; the difference of every two passes within five times its standard error √(a² + b²). Finite differences, which are biased, may be off by 1 % of the Greek besides, and under Heston any two by the 0.3 % stated for the scheme, since controls take different parts of its bias away.",
  async run(effort) {
    const checks: Check[] = [];
    for (const dynamics of ["black-scholes", "heston"]) {
      checks.push(...(await compare(modelOf(dynamics), effort)));
    }
    return checks;
  },
};

async function compare(model: VerifiedModel, effort: Effort): Promise<readonly Check[]> {
  const valued = payoffs(model.years);
  const runs: (readonly Readonly<Record<string, GreekEstimate>>[])[] = [];
  for (const estimator of ESTIMATORS) {
    if (effort.aborted()) break;
    const seed = `${effort.seed} ${estimator}`;
    // Where a payoff jumps, differences rest on the few paths that a bump carries across.
    const paths = estimator === "finite-difference" ? effort.paths : effort.paths / 4;
    const options = { greeks: GREEKS, estimator, seed, paths };
    runs.push(await estimatesOf(model, valued, options, effort));
  }
  return valued.flatMap(({ name: payoff }, p) =>
    GREEKS.flatMap((greek) => {
      const estimates = runs.flatMap((run) => run[p]![greek] ?? []);
      return estimates.flatMap((a, i) =>
        estimates.slice(i + 1).map((b) => difference(a, b, { model, payoff, greek })),
      );
    }),
  );
}

function difference(
  a: GreekEstimate,
  b: GreekEstimate,
  {
    model,
    payoff,
    greek,
  }: { readonly model: VerifiedModel; readonly payoff: string; readonly greek: string },
): Check {
  const size = Math.max(Math.abs(a.value), Math.abs(b.value));
  const biases = [
    model.allowedBias,
    ...[a, b].flatMap(({ status }) => (status === "biased" ? [DIFFERENCE_BIAS] : [])),
  ];
  return check({
    labels: { model: model.name, payoff, greek, estimators: `${a.estimator} − ${b.estimator}` },
    value: a.value - b.value,
    standardError: Math.hypot(a.standardError, b.standardError),
    expected: 0,
    allowed: biases.reduce((sum, { ofValue }) => sum + ofValue * size, 0),
    rounding: ROUNDING * size,
  });
}
