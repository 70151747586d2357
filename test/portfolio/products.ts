import type { TermTable, TermValues } from "../../src/numerics/terms.js";
import { type Product, TermsError } from "../../src/payoffs/product.js";

const strike = { kind: "number", meaning: "level paid against", unit: "price", above: 0 } as const;
const right = { kind: "choice", meaning: "call or put", choices: ["call", "put"] } as const;

/** A product that records what it was given: the reader is tested apart from the payoffs. */
function product<T extends TermTable>(
  name: string,
  terms: T,
  dates: (terms: TermValues<T>, expiry: number) => readonly number[] = (_, expiry) => [expiry],
): Product {
  const made: Product<T> = {
    name,
    meaning: name,
    terms,
    payoff: (values, expiry) => ({ dates: dates(values, expiry), amount: () => values }),
  };
  return made;
}

const observations = { kind: "observations", meaning: "averaging dates" } as const;

export const products: Readonly<Record<string, Product>> = {
  vanilla: product("vanilla", { right, strike }),
  digital: product("digital", {
    right,
    strike,
    cash: { kind: "number", meaning: "amount paid", unit: "currency", default: 1 },
  }),
  "range-digital": product("range-digital", { lower: strike, upper: strike }, ({ lower, upper }, expiry) => {
    if (lower >= upper) throw new TermsError("upper", `upper must be > lower ${lower}, got ${upper}`);
    return [expiry];
  }),
  asian: product("asian", { right, strike, observations }, (terms) => terms.observations),
  custom: product(
    "custom",
    { payoff: { kind: "formula", meaning: "what is paid" } },
    ({ payoff }, expiry) => {
      if (!payoff.startsWith("max(")) {
        throw new TermsError("payoff", `payoff must be a formula, got "${payoff[0]}" at character 1`);
      }
      return [expiry];
    },
  ),
};
