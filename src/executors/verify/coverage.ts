import { geometricAsian } from "../../closed-forms/black-scholes.js";
import { digital, vanilla } from "../../closed-forms/european-payoff.js";
import { binomialBand } from "../../numerics/binomial.js";
import { DIVIDEND_YIELD, estimatesOf, evenly, payoffOf, SPOT, type VerifiedPayoff } from "./estimates.js";
import { modelOf, type VerifiedModel } from "./models.js";
import type { Check, SectionDefinition } from "./section.js";

const PATHS = 16_384;
const GREEKS = ["delta", "gamma", "vega"];
const LEVEL = 0.95;
/** Of the binomial band, on either side: with some twenty shares, one false alarm in 250 seeds of the whole. */
const TAIL = 1e-4;

interface Subject extends VerifiedPayoff {
  readonly model: VerifiedModel;
  readonly estimator: "auto" | "likelihood-ratio";
  readonly exact: Readonly<Record<string, number>>;
}

const STRIKE = 105;
const call = { right: "call", strike: STRIKE } as const;

function subjects(): readonly Subject[] {
  const at = (model: VerifiedModel) =>
    ({ spot: SPOT, rate: model.rate, dividendYield: DIVIDEND_YIELD, ...model.parameters }) as never;
  const european = (dynamics: string, product: "vanilla" | "digital", estimator: Subject["estimator"]) => {
    const model = modelOf(dynamics);
    const payoff = product === "vanilla" ? vanilla("call", STRIKE) : digital("call", STRIKE);
    return {
      ...payoffOf(`${product} call ${STRIKE}`, product, { ...call, cash: 1 }, model.years),
      ...{ model, estimator, exact: model.closedForm(at(model), payoff, model.years) },
    };
  };
  const flat = modelOf("black-scholes");
  const dates = evenly(4, flat.years);
  const terms = { ...call, average: "geometric", strike_type: "fixed", observations: dates };
  return [
    european("black-scholes", "digital", "likelihood-ratio"),
    european("black-scholes", "vanilla", "likelihood-ratio"),
    {
      ...payoffOf(`geometric Asian call ${STRIKE}, 4 dates`, "asian", terms, flat.years),
      ...{ model: flat, estimator: "auto" },
      exact: geometricAsian(at(flat), vanilla("call", STRIKE), dates) as unknown as Subject["exact"],
    },
    european("merton", "digital", "auto"),
    european("variance-gamma", "vanilla", "auto"),
  ];
}

/** How often 95 % intervals contain the truth. */
export const coverage: SectionDefinition = {
  name: "coverage",
  title: "Coverage of the 95 % intervals",
  criterion:
    "The share of seeds whose 95 % interval contains the exact value, 16,384 paths each, products with closed forms under schemes without bias. It passes within the binomial band that a true share of 95 % leaves but once in 10,000 on either side.",
  async run(effort) {
    const counted = subjects().map((subject) => ({ subject, inside: new Map<string, number>() }));
    let seeds = 0;
    for (; seeds < effort.seeds && !effort.aborted(); seeds++) {
      for (const { subject, inside } of counted) {
        const { model, estimator, exact } = subject;
        const seed = `${effort.seed} coverage ${seeds}`;
        const options = { greeks: GREEKS, estimator, seed, paths: PATHS };
        const [estimates] = await estimatesOf(model, [subject], options, effort);
        for (const greek of GREEKS) {
          const { low, high } = estimates![greek]!;
          const isInside = low <= exact[greek]! && exact[greek]! <= high;
          inside.set(greek, (inside.get(greek) ?? 0) + (isInside ? 1 : 0));
        }
      }
    }
    if (seeds === 0) return [];
    const single = counted.flatMap(({ subject, inside }) =>
      GREEKS.map((greek) =>
        share({ model: subject.model.name, payoff: subject.name, greek }, inside.get(greek)!, seeds),
      ),
    );
    // Greeks share their paths, products do not.
    const together = GREEKS.map((greek) => {
      const hits = counted.reduce((sum, { inside }) => sum + inside.get(greek)!, 0);
      return share({ model: "all", payoff: "all", greek }, hits, seeds * counted.length);
    });
    return [...single, ...together];
  },
};

function share(labels: Check["labels"], hits: number, trials: number): Check {
  const band = binomialBand(trials, LEVEL, TAIL);
  const standardError = Math.sqrt((LEVEL * (1 - LEVEL)) / trials);
  const value = hits / trials;
  return {
    labels: { ...labels, seeds: String(trials) },
    ...{ value, standardError, expected: LEVEL, z: (value - LEVEL) / standardError },
    ...{ low: band.low / trials, high: band.high / trials },
    passed: hits >= band.low && hits <= band.high,
  };
}
