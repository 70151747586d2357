import { ESTIMATORS, SAMPLERS } from "../analysis/settings.js";
import { dynamics } from "../dynamics/catalogue.js";
import type { Expression } from "../payoffs/expression.js";
import type { Task } from "./queue-messages.js";

/** Larger than any honest book, and small enough that a worker survives it. */
export const BOUNDS = {
  dates: 20_000,
  years: 200,
  payoffs: 100_000,
  derivatives: 1000,
  paths: 2 ** 31,
  batches: 65_536,
  /** Nodes of all payoffs of a simulation. */
  nodes: 5_000_000,
  /** Numbers of an answer, its batches together: 134 MB. */
  numbers: 2 ** 24,
  /** Levels of a payoff: a sum over dates is as deep as it has dates. JSON is written and read by recursion, which ends near 4000. */
  depth: 2500,
  text: 10_000,
} as const;

const LEAVES = { constant: 1, price: 1, market: 1, input: 1 };
const UNARY = { negate: 1, abs: 1, sqrt: 1, exp: 1, log: 1, "normal-cdf": 1, "inverse-normal": 1 };
const BINARY = {
  ...{ add: 1, subtract: 1, multiply: 1, divide: 1, max: 1, min: 1 },
  ...{ greater: 1, "greater-equal": 1, less: 1, "less-equal": 1 },
};
const PATH = { mean: 1, "geometric-mean": 1, highest: 1, lowest: 1 };
/** Every operation of the language, or this does not compile. */
const OPERATIONS: Readonly<Record<Expression["op"], number>> = { ...LEAVES, ...UNARY, ...BINARY, ...PATH };

/** What is wrong with a task from a queue, or null: anyone who reaches the queue can put anything there. */
export function taskFault(task: unknown): string | null {
  return faultOf(() => {
    const { engine, simulation, first, count, pilot } = record("a task", task) as unknown as Task;
    if (typeof engine !== "string" || engine.length > BOUNDS.text) fail("engine must be a text", engine);
    if (typeof simulation !== "string" || !/^[0-9a-f]{64}$/.test(simulation))
      fail("simulation must be a SHA-256", simulation);
    whole("first", first, 0, BOUNDS.batches - 1);
    whole("count", count, pilot ? 0 : 1, BOUNDS.batches - first);
    if (typeof pilot !== "boolean") fail("pilot must be true or false", pilot);
  });
}

/** What is wrong with the inputs of a simulation, or null. What is not looked at here is data that the estimators read. */
export function simulationFault(request: unknown): string | null {
  return faultOf(() => {
    const { schedule, sampler, seed, paths, batches, ...rest } = record("a simulation", request);
    oneOf("sampler", sampler, SAMPLERS);
    text("seed", seed);
    whole("paths", paths, 1, BOUNDS.paths);
    whole("batches", batches, 2, BOUNDS.batches);
    const dates = scheduleDates(record("schedule", schedule));
    const count = countNodes(dates);
    const parts = list("parts", rest.parts, ESTIMATORS.length).map((own) => partOf(own, dates, count));
    if (parts.length === 0) fail("parts must have at least one", 0);
    const numbers = numbersPerBatch({ parts });
    if (numbers > BOUNDS.numbers) fail(`payoffs × derivatives must be at most ${BOUNDS.numbers}`, numbers);
  });
}

/** What one estimator is to give, once it is checked. */
function partOf(data: unknown, dates: number, count: (payoff: unknown) => void) {
  const { estimator, ...rest } = record("a part", data);
  oneOf("estimator", estimator, ESTIMATORS);
  const derivatives = list("derivatives", rest.derivatives, BOUNDS.derivatives);
  for (const wrt of derivatives) for (const name of list("a derivative", wrt, 4)) text("a parameter", name);
  const amounts = list("amounts", rest.amounts, BOUNDS.payoffs);
  for (const amount of amounts) count(amount);
  for (const payments of list("earlier", rest.earlier ?? [], BOUNDS.payoffs))
    for (const payment of list("earlier payments", payments, BOUNDS.dates)) {
      const { date, amount } = record("a payment", payment);
      whole("the date of a payment", date, 0, dates - 1);
      count(amount);
    }
  return { amounts, derivatives };
}

/** The size of a batch's means, but for the few numbers of its controls. */
export function numbersPerBatch({
  parts,
}: {
  readonly parts: readonly {
    readonly amounts: readonly unknown[];
    readonly derivatives: readonly unknown[];
  }[];
}): number {
  return parts.reduce((sum, { amounts, derivatives }) => sum + amounts.length * derivatives.length, 0);
}

/** How many batches of a simulation one answer can have. */
export function mostBatches(request: Parameters<typeof numbersPerBatch>[0]): number {
  return Math.max(1, Math.floor(BOUNDS.numbers / numbersPerBatch(request)));
}

/** How many dates there are, once the schedule is checked. */
function scheduleDates({ underlying, spot, carry, dynamics: model, parameters, dates }: Data): number {
  text("underlying", underlying);
  if (!(finite("spot", spot) > 0)) fail("spot must be > 0", spot);
  for (const [name, value] of Object.entries(record("carry", carry))) finite(name, value);
  oneOf("dynamics", model, Object.keys(dynamics));
  for (const [name, value] of Object.entries(record("parameters", parameters))) finite(name, value);
  let last = 0;
  for (const date of list("dates", dates, BOUNDS.dates)) {
    const years = finite("a date", date);
    if (!(years > last && years <= BOUNDS.years))
      fail(`dates must increase from above 0 to at most ${BOUNDS.years} years`, years);
    last = years;
  }
  if (last === 0) fail("dates must have at least one", dates);
  return (dates as unknown[]).length;
}

/** Walks payoffs without recursion: depth is what is to be found out. */
function countNodes(dates: number): (payoff: unknown) => void {
  let nodes = 0;
  return (payoff) => {
    const open: { readonly node: unknown; readonly depth: number }[] = [{ node: payoff, depth: 1 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, depth } = next;
      if (++nodes > BOUNDS.nodes) fail(`payoffs must have at most ${BOUNDS.nodes} nodes together`, "more");
      if (depth > BOUNDS.depth) fail(`a payoff must have at most ${BOUNDS.depth} levels`, "more");
      const { op, ...rest } = record("a payoff", node);
      oneOf("op", op, Object.keys(OPERATIONS));
      const name = op as Expression["op"];
      if (name in UNARY) open.push({ node: rest.of, depth: depth + 1 });
      if (name in BINARY)
        open.push({ node: rest.left, depth: depth + 1 }, { node: rest.right, depth: depth + 1 });
      if (name === "constant" && typeof rest.value !== "number")
        fail("a constant must be a number", rest.value);
      if (name === "input") fail("a payoff must look at prices, not at inputs", rest.column);
      if (name === "market") whole("the interval of a market number", rest.interval, 0, dates - 1);
      if (name === "price") whole("the date of a price", rest.date, 0, dates - 1);
      if (name in PATH)
        for (const date of list("the dates of an average", rest.dates, BOUNDS.dates))
          whole("the date of a price", date, 0, dates - 1);
    }
  };
}

type Data = Readonly<Record<string, unknown>>;

class Fault extends Error {}

function faultOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

function fail(rule: string, value: unknown): never {
  const shown = typeof value === "string" || typeof value === "number" ? value : typeof value;
  throw new Fault(`${rule}, got ${String(shown).slice(0, 100)}`);
}

function record(name: string, value: unknown): Data {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    fail(`${name} must be a record`, value);
  return value as Data;
}

function list(name: string, value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value)) fail(`${name} must be a list`, value);
  if (value.length > most) fail(`${name} must be at most ${most}`, value.length);
  return value;
}

function text(name: string, value: unknown): void {
  if (typeof value !== "string" || value.length > BOUNDS.text)
    fail(`${name} must be a text of at most ${BOUNDS.text} letters`, value);
}

function finite(name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) fail(`${name} must be a finite number`, value);
  return value;
}

function whole(name: string, value: unknown, least: number, most: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    fail(`${name} must be a whole number from ${least} to ${most}`, value);
}

function oneOf(name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string)) fail(`${name} must be one of ${choices.join(", ")}`, value);
}
