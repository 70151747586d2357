import type { Dynamics } from "../dynamics/dynamics.js";
import type { Derivative } from "../gradients/distribution.js";
import { square } from "../numerics/elementary.js";
import { weightObstacle } from "../simulation/derivative.js";

/** A sensitivity: a derivative of the price, its sign, and the units it is told in. */
export interface Greek {
  readonly name: string;
  readonly meaning: string;
  readonly wrt: Derivative;
  readonly sign: 1 | -1;
  /** After the currency: "USD per 1.00 of volatility". */
  readonly unit: string;
  /** How a desk tells it, when it tells it otherwise. */
  readonly desk?: { readonly name: string; readonly unit: string; readonly factor: (spot: number) => number };
  /** Whether sums over different underlyings mean something. */
  readonly adds: boolean;
}

const perPoint = (): number => 0.01;

/** The Greeks that models share. Raw: per unit of spot, per 1.00 of volatility or rate, per year. */
const COMMON: readonly Greek[] = [
  { name: "price", meaning: "present value V", wrt: [], sign: 1, unit: "", adds: true },
  {
    name: "delta",
    meaning: "∂V/∂S",
    wrt: ["spot"],
    sign: 1,
    unit: "per 1 of spot",
    desk: { name: "delta_cash", unit: "per +1 % of spot", factor: (spot) => spot / 100 },
    adds: false,
  },
  {
    name: "gamma",
    meaning: "∂²V/∂S²",
    wrt: ["spot", "spot"],
    sign: 1,
    unit: "per 1 of spot squared",
    desk: {
      name: "gamma_cash",
      unit: "change of delta_cash per +1 % of spot",
      factor: (spot) => square(spot / 100),
    },
    adds: false,
  },
  {
    name: "speed",
    meaning: "∂³V/∂S³",
    wrt: ["spot", "spot", "spot"],
    sign: 1,
    unit: "per 1 of spot cubed",
    adds: false,
  },
  {
    name: "vega",
    meaning: "∂V/∂σ; under stochastic volatility √v0 and √θ move together",
    wrt: ["volatility"],
    sign: 1,
    unit: "per 1.00 of volatility",
    desk: { name: "vega", unit: "per volatility point", factor: perPoint },
    adds: false,
  },
  {
    name: "vanna",
    meaning: "∂²V/∂S∂σ",
    wrt: ["spot", "volatility"],
    sign: 1,
    unit: "per 1 of spot and 1.00 of volatility",
    adds: false,
  },
  {
    name: "volga",
    meaning: "∂²V/∂σ²",
    wrt: ["volatility", "volatility"],
    sign: 1,
    unit: "per 1.00 of volatility squared",
    adds: false,
  },
  {
    name: "theta",
    meaning: "−∂V/∂T, observation dates scaling with T",
    wrt: ["time"],
    sign: -1,
    unit: "per year",
    desk: { name: "theta", unit: "per calendar day", factor: () => 1 / 365 },
    adds: true,
  },
  {
    name: "theta_calendar",
    meaning: "change of V as the valuation date moves on, observation dates fixed",
    wrt: ["first_interval"],
    sign: -1,
    unit: "per year",
    desk: { name: "theta_calendar", unit: "per calendar day", factor: () => 1 / 365 },
    adds: true,
  },
  {
    name: "charm",
    meaning: "−∂²V/∂S∂T, observation dates scaling with T",
    wrt: ["spot", "time"],
    sign: -1,
    unit: "per 1 of spot and year",
    adds: false,
  },
  {
    name: "rho",
    meaning: "∂V/∂r",
    wrt: ["rate"],
    sign: 1,
    unit: "per 1.00 of rate",
    desk: { name: "rho", unit: "per basis point", factor: () => 1e-4 },
    adds: true,
  },
  {
    name: "dividend_rho",
    meaning: "∂V/∂q",
    wrt: ["dividend_yield"],
    sign: 1,
    unit: "per 1.00 of dividend yield",
    desk: { name: "dividend_rho", unit: "per basis point", factor: () => 1e-4 },
    adds: false,
  },
];

/** Every Greek the model's law gives: the common ones, and d_θ and d2_spot_θ of the parameters that are its own. */
export function greeksOf(dynamics: Dynamics): readonly Greek[] {
  const names = Object.keys(dynamics.parameters).filter((parameter) => parameter !== "volatility");
  const own = names.flatMap((parameter): Greek[] => [
    {
      name: `d_${parameter}`,
      meaning: `∂V/∂${parameter}`,
      wrt: [parameter],
      sign: 1,
      unit: `per 1.00 of ${parameter}`,
      adds: false,
    },
    {
      name: `d2_spot_${parameter}`,
      meaning: `∂²V/∂S∂${parameter}`,
      wrt: ["spot", parameter],
      sign: 1,
      unit: `per 1 of spot and 1.00 of ${parameter}`,
      adds: false,
    },
  ]);
  const pairs = names.flatMap((a, i) =>
    names.slice(i).map(
      (b): Greek => ({
        name: `d2_${a}_${b}`,
        meaning: a === b ? `∂²V/∂${a}²` : `∂²V/∂${a}∂${b}`,
        wrt: [a, b],
        sign: 1,
        unit: a === b ? `per 1.00 of ${a} squared` : `per 1.00 of ${a} and of ${b}`,
        adds: false,
      }),
    ),
  );
  return [...COMMON, ...own, ...pairs].filter(({ wrt }) => weightObstacle(dynamics, wrt) === null);
}

/** Which of the sets a Greek belongs to: `first` is price, first order and gamma; `second` price and higher orders; `all` everything. */
export function isInSet(greek: Greek, set: "first" | "second" | "all"): boolean {
  if (set === "all" || greek.name === "price") return true;
  if (set === "second") return greek.wrt.length > 1;
  return (greek.wrt.length === 1 && greek.name !== "theta_calendar") || greek.name === "gamma";
}

export const GREEK_SETS = ["first", "second", "all"] as const;

/** Every Greek that one of the models gives, with the models that give it. */
export function availableGreeks(
  dynamics: Iterable<Dynamics>,
): readonly (Greek & { readonly models: readonly string[] })[] {
  const all = new Map<string, Greek & { models: string[] }>();
  for (const model of dynamics) {
    for (const greek of greeksOf(model)) {
      const entry = all.get(greek.name) ?? { ...greek, models: [] };
      entry.models.push(model.name);
      all.set(greek.name, entry);
    }
  }
  return [...all.values()];
}
