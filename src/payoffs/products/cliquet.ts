import type { NumberTerm, TermTable } from "../../numerics/terms.js";
import { add, divide, max, min, multiply, price, subtract, type Value } from "../build.js";
import { type Product, TermsError } from "../product.js";
import { scheduleOf } from "./schedule.js";
import { observations } from "./shared-terms.js";

const share = (meaning: string, value: number) =>
  ({ kind: "number", meaning, unit: "1", atLeast: -1, default: value }) as const satisfies NumberTerm;
/** As good as no cap. */
const UNLIMITED = 1e9;

const terms = {
  notional: {
    kind: "number",
    meaning: "what the sum of returns is paid on",
    unit: "currency",
    above: 0,
    default: 100,
  },
  reference: { kind: "number", meaning: "price at the start of the first period", unit: "price", above: 0 },
  local_floor: share("least return of a period", -1),
  local_cap: share("greatest return of a period", UNLIMITED),
  global_floor: share("least sum of returns", 0),
  global_cap: share("greatest sum of returns", UNLIMITED),
  observations,
} as const satisfies TermTable;

/** Pays N times the sum of the periods' returns S_i / S_{i−1} − 1, each and all between a floor and a cap. */
export const cliquet: Product<typeof terms> = {
  name: "cliquet",
  meaning: "the sum of capped and floored returns between observations, itself capped and floored",
  terms,
  payoff({ notional, reference, local_floor, local_cap, global_floor, global_cap, observations }, expiry) {
    if (!(local_floor < local_cap))
      throw new TermsError("local_cap", `local_cap must be > local_floor ${local_floor}, got ${local_cap}`);
    if (!(global_floor < global_cap))
      throw new TermsError(
        "global_cap",
        `global_cap must be > global_floor ${global_floor}, got ${global_cap}`,
      );
    const { dates, observed } = scheduleOf(observations, expiry);
    const clamp = (value: Value, floor: number, cap: number) =>
      max(cap === UNLIMITED ? value : min(value, cap), floor);
    const returns = observed.map((date, i) => {
      const start: Value = i === 0 ? reference : price(observed[i - 1]!);
      return clamp(subtract(divide(price(date), start), 1), local_floor, local_cap);
    });
    const sum = returns.reduce((total, own) => add(total, own));
    return { dates, amount: multiply(clamp(sum, global_floor, global_cap), notional) };
  },
};
