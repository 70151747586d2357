import type { TermTable } from "../../numerics/terms.js";
import { FormulaError, parseFormula } from "../formula.js";
import { type Product, TermsError } from "../product.js";
import { scheduleOf } from "./schedule.js";

const terms = {
  payoff: {
    kind: "formula",
    meaning: 'what is paid at expiry, as in "max(S(T) - 100, 0) * (max(S) < 130)"',
  },
  observations: {
    kind: "observations",
    meaning: "dates that the formula may look at, besides expiry; S stands for all of them, expiry included",
    default: [],
  },
} as const satisfies TermTable;

/** Whatever the trade's formula says. */
export const custom: Product<typeof terms> = {
  name: "custom",
  meaning: "pays what a formula over the observed prices says, at expiry",
  terms,
  payoff({ payoff, observations }, expiry) {
    const { dates } = scheduleOf(observations, expiry);
    try {
      return { dates, amount: parseFormula(payoff, dates) };
    } catch (error) {
      if (error instanceof FormulaError) throw new TermsError("payoff", `payoff ${error.message}`);
      throw error;
    }
  },
};
