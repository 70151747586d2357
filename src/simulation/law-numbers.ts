import type { ConstantLaw, LatentLaw, Law } from "../dynamics/dynamics.js";
import { pairKey } from "../gradients/distribution.js";
import { add, constant, input, type Value } from "../payoffs/build.js";
import type { Moves } from "../payoffs/differentiate.js";
import type { Expression, MarketLeaf } from "../payoffs/expression.js";
import { inputNames } from "./latent-columns.js";
import { expiryOf, type Schedule } from "./schedule.js";

/** The numbers of the market and the model that expressions ask for: constants, or inputs where they differ from path to path. */
export interface LawNumbers {
  readonly moves: Moves;
  /** Whether the latent path owes a score to the parameter. */
  hasScore(parameter: string): boolean;
  value(leaf: MarketLeaf): Value;
}

/** `firstInput` is the place of the law's columns among the inputs, as `asInputs` lists them, interval by interval. */
export function lawNumbers(schedule: Schedule, law: Law, firstInput = 0): LawNumbers {
  const gaussian =
    law.kind === "constant" ? constantNumbers(law) : latentNumbers(law, firstInput, schedule.dates.length);
  const { dynamics, parameters } = schedule;
  const bridge = (by: readonly string[]) =>
    dynamics.bridgeWidth?.(parameters, by) ?? (by.length === 0 ? 1 : 0);
  return {
    hasScore: (parameter) => law.kind === "latent" && law.latentScores?.includes(parameter) === true,
    moves({ name, interval, by }, parameter) {
      if (name === "spot") return parameter === "spot" && by.length === 0;
      if (name === "discounting") return ["rate", "time", "first_interval"].includes(parameter);
      if (name === "bridge") return bridge([...by, parameter]) !== 0;
      return (name === "drift" || name === "deviation") && gaussian.moves(name, interval, parameter);
    },
    value({ name, interval, by }) {
      if (name === "spot") return by.length === 0 ? schedule.spot : 1;
      if (name === "discounting") return discounting(schedule, interval, by);
      if (name === "bridge") return bridge(by);
      if (name === "probability") throw new Error("a law without jumps has no probability of them");
      return name === "score" ? gaussian.score(by) : gaussian.value(name, interval, by);
    },
  };
}

/** r t and its derivatives, t the date that an interval ends at. */
function discounting(schedule: Schedule, interval: number, by: readonly string[]): number {
  const { rate } = schedule.carry;
  const date = schedule.dates[interval]!;
  const rates = by.filter((parameter) => parameter === "rate").length;
  const moved = by.filter((parameter) => parameter !== "rate");
  if (rates > 1 || moved.length > 1) return 0;
  const [parameter] = moved;
  const time = parameter === undefined ? date : parameter === "time" ? date / expiryOf(schedule) : 1;
  return (rates === 1 ? 1 : rate) * time;
}

/** The moments of an interval, as expressions call them, and as laws do. */
const MOMENTS = { drift: "mean", deviation: "deviation" } as const;
type Moment = keyof typeof MOMENTS;

interface GaussianNumbers {
  moves(name: Moment, interval: number, parameter: string): boolean;
  value(name: Moment, interval: number, by: readonly string[]): Value;
  score(by: readonly string[]): Value;
}

function constantNumbers({ intervals }: ConstantLaw): GaussianNumbers {
  return {
    moves: (name, interval, parameter) =>
      (intervals[interval]!.tangents[parameter]?.[MOMENTS[name]] ?? 0) !== 0,
    value(name, interval, by) {
      const [a, b, c] = by;
      const law = intervals[interval]!;
      if (a === undefined) return law[MOMENTS[name]];
      if (b === undefined) return law.tangents[a]?.[MOMENTS[name]] ?? 0;
      return c === undefined ? (law.secondTangents[pairKey(a, b)]?.[MOMENTS[name]] ?? 0) : 0;
    },
    score: () => 0,
  };
}

/** Inputs, interval by interval; a column that the law does not fill is an error. */
function latentNumbers(law: LatentLaw, firstInput: number, intervals: number): GaussianNumbers {
  const names = inputNames(law);
  const column = (interval: number, name: string) => {
    const place = names.indexOf(name);
    if (place < 0) throw new Error(`the law must carry ${name}, got ${names.join(", ")}`);
    return input(firstInput + interval * names.length + place);
  };
  return {
    moves: (name, _, parameter) =>
      law.tangentParameters.includes(parameter) || (name === "drift" && law.shifts[parameter] !== undefined),
    value(name, interval, by) {
      const [a = "", b] = by;
      const shift = by.length === 1 ? law.shifts[a] : undefined;
      if (shift !== undefined) return name === "drift" ? shift[interval]! : 0;
      const moved = by.length === 2 ? pairKey(a, b!) : by.join();
      return column(interval, `${MOMENTS[name]} ${moved}`);
    },
    score: ([parameter]) =>
      Array.from({ length: intervals }, (_, interval) =>
        column(interval, `score ${parameter}`),
      ).reduce<Expression>(add, constant(0)),
  };
}
