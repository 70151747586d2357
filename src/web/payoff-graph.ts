import { evaluate, type Payoff } from "../index.js";

/** What is paid against the price at expiry. */
export interface PayoffGraph {
  readonly points: readonly (readonly [price: number, amount: number])[];
  readonly spot: number;
  /** How it is drawn, where the price at expiry alone does not say what is paid. */
  readonly note: string;
}

const POINTS = 400;

/**
 * The amount at expiry over half to one and a half times the spot. Earlier prices, where the payoff looks at them, are those of
 * a path that grows evenly from the spot to the price at expiry. Gives the reason in words where there is no such graph.
 */
export function payoffGraph({ dates, amount, earlier }: Payoff, spot: number): PayoffGraph | string {
  if (typeof amount === "function") return "A payoff given as code has no graph.";
  const expiry = dates.at(-1)!;
  const points: [number, number][] = [];
  for (let i = 0; i <= POINTS; i++) {
    const last = spot * (0.5 + i / POINTS);
    const prices = dates.map((date) => spot * (last / spot) ** (date / expiry));
    prices[prices.length - 1] = last;
    try {
      points.push([last, evaluate(amount, prices)]);
    } catch {
      return "Watched at every moment, it depends on more than the prices at its dates: there is no graph.";
    }
  }
  const drawable = points.filter(([, value]) => Number.isFinite(value));
  if (drawable.length < 2) return "The formula gives no finite amount at any of these prices.";
  const note = [
    dates.length > 1 ? "along a path that grows evenly from the spot" : "",
    earlier !== undefined && earlier.length > 0 ? "the payment at expiry alone" : "",
    drawable.length < points.length ? "not defined at every price" : "",
  ];
  return { points: drawable, spot, note: note.filter((part) => part !== "").join("; ") };
}
