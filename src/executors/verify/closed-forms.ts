import { digital, vanilla } from "../../closed-forms/european-payoff.js";
import { DIVIDEND_YIELD, estimatesOf, payoffOf, SPOT } from "./estimates.js";
import { MODELS, type VerifiedModel } from "./models.js";
import { type Check, check, type Effort, type SectionDefinition } from "./section.js";

/** What closed forms and exact estimators may differ by, relative to the size of the Greek. */
const ROUNDING = 1e-10;
const STRIKES = [90, 100, 110];
const PAYOFFS = { vanilla, digital };

/** Calls and digitals under every model, each first-order Greek and gamma. */
export const closedForms: SectionDefinition = {
  name: "closed-forms",
  title: "Closed forms",
  criterion:
    "Prices, first-order Greeks and gamma of calls and digitals against closed forms and Fourier inversion. A number passes within five standard errors and the bias stated for its scheme: none where the scheme is exact; under Heston and Bates 0.3 % of the Greek for ordinary parameters, 1 % where 4κθ/ξ² is below 1, and there, near .1, a tenth of the largest size among the strikes. The conditional estimator is the sharper one and shows the schemes' biases.",
  async run(effort) {
    const checks: Check[] = [];
    for (const model of MODELS) {
      for (const estimator of ["likelihood-ratio", "conditional"] as const) {
        if (effort.aborted()) return checks;
        checks.push(...(await compare(model, estimator, effort)));
      }
    }
    return checks;
  },
};

async function compare(
  model: VerifiedModel,
  estimator: "likelihood-ratio" | "conditional",
  effort: Effort,
): Promise<readonly Check[]> {
  const { name, parameters, rate, years, allowedBias, closedForm } = model;
  const market = { spot: SPOT, rate, dividendYield: DIVIDEND_YIELD, ...parameters };
  const cases = Object.entries(PAYOFFS).flatMap(([product, payoff]) =>
    STRIKES.map((strike) => ({
      ...payoffOf(
        `${product} call ${strike}, ${years} y`,
        product,
        { right: "call", strike, cash: 1 },
        years,
      ),
      product,
      exact: closedForm(market as never, payoff("call", strike), years),
    })),
  );
  const options = { paths: effort.paths, seed: effort.seed, estimator };
  const estimates = await estimatesOf(model, cases, options, effort);
  return cases.flatMap(({ name: payoff, product, exact }, i) => {
    const rivals = cases.filter((other) => other.product === product);
    return Object.entries(estimates[i]!).map(([greek, { value, standardError, scheme }]) => {
      const expected = exact[greek]!;
      // A Greek near zero at one strike has its size at another.
      const size = Math.max(...rivals.map((other) => Math.abs(other.exact[greek]!)));
      return check({
        labels: { model: name, scheme, payoff, greek, estimator },
        ...{ value, standardError, expected },
        allowed: Math.max(allowedBias.ofValue * Math.abs(expected), allowedBias.ofSize * size),
        rounding: ROUNDING * size,
      });
    });
  });
}
