import { describe, expect, test } from "vitest";
import { withoutCredentials } from "../../src/executors/queue-broker.js";
import { type Answer, outcomeOf, simulationOf, type Task } from "../../src/executors/queue-messages.js";
import { BOUNDS, mostBatches, simulationFault, taskFault } from "../../src/executors/task-bounds.js";
import { base64Of, decode, encode, pack, unpack } from "../../src/executors/wire.js";
import { portable } from "../../src/executors/worker-messages.js";
import { computeGreeks, type Executor } from "../../src/index.js";
import { exampleBook, exampleMarket } from "../analysis/book.js";

const task: Task = { engine: "1", simulation: "a".repeat(64), first: 3, count: 2, pilot: false };

/** What the example book asks of an executor. */
async function requests() {
  const found: Parameters<Executor["estimate"]>[0][] = [];
  const market = exampleMarket();
  await computeGreeks(
    await exampleBook(market),
    market,
    {},
    {
      async estimate(request) {
        found.push(request);
        return null;
      },
    },
  );
  return found;
}

/** A sum of so many levels. */
function tower(levels: number): object {
  let sum: object = { op: "price", date: 0 };
  for (let i = 1; i < levels; i++) sum = { op: "negate", of: sum };
  return sum;
}

describe("what a queue brings", () => {
  test("is taken when it is honest: every request of a book", async () => {
    const all = await requests();
    expect(all.length).toBeGreaterThan(3);
    for (const request of all) {
      const data = portable(request);
      expect(simulationFault(data)).toBe(null);
      expect(decode(simulationOf(request).text)).toEqual(JSON.parse(JSON.stringify(data)));
    }
    expect(taskFault(task)).toBe(null);
  });

  test.each([
    [null, "a task must be a record, got object"],
    [{ ...task, simulation: "../etc" }, "simulation must be a SHA-256, got ../etc"],
    [{ ...task, first: -1 }, "first must be a whole number from 0 to 65535, got -1"],
    [{ ...task, count: 0 }, "count must be a whole number from 1 to 65533, got 0"],
    [{ ...task, count: 1e9 }, "count must be a whole number from 1 to 65533, got 1000000000"],
    [{ ...task, pilot: "yes" }, "pilot must be true or false, got yes"],
  ])("is refused when the task is none: %j", (data, message) => {
    expect(taskFault(data)).toBe(message);
  });

  test.each([
    ["paths", { paths: 2 ** 40 }, "paths must be a whole number from 1 to 2147483648, got 1099511627776"],
    ["batches", { batches: 1e6 }, "batches must be a whole number from 2 to 65536, got 1000000"],
    ["seed", { seed: "x".repeat(10_001) }, "seed must be a text of at most 10000 letters"],
    ["parts", { parts: [] }, "parts must have at least one, got 0"],
    ["so many parts", { parts: Array(100).fill({}) }, "parts must be at most"],
  ])("is refused when a simulation is absurd in %s", async (_, change, message) => {
    const data = { ...portable((await requests())[0]!), ...change };
    expect(simulationFault(data)).toContain(message);
  });

  test.each([
    ["estimator", { estimator: "eval" }, "estimator must be one of auto,"],
    ["an unknown operation", { amounts: [{ op: "call" }] }, "op must be one of constant, price"],
    ["an operation of every record", { amounts: [{ op: "toString" }] }, "op must be one of constant, price"],
    ["a date that is not there", { amounts: [{ op: "price", date: 1e6 }] }, "the date of a price must be"],
    ["a payoff as text", { amounts: ["process.exit()"] }, "a payoff must be a record, got process.exit()"],
    ["depth", { amounts: [tower(BOUNDS.depth + 1)] }, "a payoff must have at most 2500 levels, got more"],
    [
      "nodes",
      { amounts: Array.from({ length: 2001 }, () => tower(BOUNDS.depth)) },
      "payoffs must have at most 5000000 nodes together",
    ],
    [
      "numbers",
      {
        amounts: Array.from({ length: 100_000 }, () => ({ op: "constant", value: 1 })),
        derivatives: Array.from({ length: 200 }, () => ["spot"]),
      },
      "payoffs × derivatives must be at most 16777216, got 200000",
    ],
    [
      "payments",
      { earlier: [[{ date: 99, amount: { op: "constant", value: 1 } }]] },
      "the date of a payment",
    ],
  ])("is refused when a part is absurd in %s", async (_, change, message) => {
    const request = portable((await requests())[0]!);
    const data = { ...request, parts: [...request.parts, { ...request.parts[0]!, ...change }] };
    expect(simulationFault(data)).toContain(message);
  });

  test.each([
    ["dates", Array.from({ length: 20_001 }, (_, i) => i + 1), "dates must be at most 20000, got 20001"],
    ["dates", [1, 1], "dates must increase from above 0 to at most 200 years, got 1"],
    ["dates", [201], "dates must increase from above 0 to at most 200 years, got 201"],
    ["spot", Number.NaN, "spot must be a finite number, got NaN"],
    ["dynamics", "constructor", "dynamics must be one of black-scholes"],
    ["parameters", { volatility: "0.2" }, "volatility must be a finite number, got 0.2"],
  ])("is refused when a schedule is absurd in its %s", async (name, value, message) => {
    const data = portable((await requests())[0]!);
    expect(simulationFault({ ...data, schedule: { ...data.schedule, [name]: value } })).toContain(message);
  });

  test("is asked for in answers that a worker can hold", () => {
    const part = (payoffs: number) => ({ amounts: Array(payoffs).fill(0), derivatives: Array(16).fill([]) });
    expect(mostBatches({ parts: [part(8000), part(192)] })).toBe(128);
    expect(mostBatches({ parts: [part(8000), part(193)] })).toBe(127);
  });

  test("keeps every double, and depth within its bounds", () => {
    const numbers = [Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324, 0.1 + 0.2, -1.7976931348623157e308];
    const data = { numbers, column: Float64Array.from(numbers), nested: [{ text: "~number" }] };
    expect(decode(encode(data))).toEqual(data);
    expect(Object.is((decode(encode(-0)) as number) ?? 0, -0)).toBe(true);
    const text = encode(tower(BOUNDS.depth));
    expect(encode(decode(text))).toBe(text);
    expect(() => encode({ payoff: () => 1 })).toThrow("only data can be sent");
  });

  test.each([
    ["no record", null, "the answer must have means and milliseconds"],
    ["without a time", { means: "" }, "the answer must have means and milliseconds"],
    [
      "of too few numbers",
      { means: base64Of(new Float64Array(3)), milliseconds: 1 },
      "the answer must have the means of 2 batches, it has 3 numbers",
    ],
    [
      "of no numbers",
      { means: "", milliseconds: 1 },
      "the answer must have the means of 2 batches, it has 0 numbers",
    ],
  ])("is no answer when it is %s", (_, answer, message) => {
    expect(() => outcomeOf(answer as Answer, task)).toThrow(message);
    const whole = { means: base64Of(new Float64Array(4)), milliseconds: 1 };
    expect(outcomeOf(whole, task).means).toHaveLength(2);
    expect(() => outcomeOf(whole, { ...task, pilot: true })).toThrow("the answer must have the pilots");
  });

  test("is not unpacked beyond its bound", () => {
    const packed = pack("0".repeat(100_000));
    expect(unpack(packed, 100_000)).toHaveLength(100_000);
    expect(() => unpack(packed, 99_999)).toThrow();
  });

  test.each([
    ["redis://me:p@ss@host:6379/1?password=secret", "redis://host:6379/1"],
    ["--queue=postgres://me:secret@host/db", "--queue=postgres://host/db"],
    ["rediss://:secret@host", "rediss://host"],
    ["--queue must be redis://… or postgres://…", "--queue must be redis://… or postgres://…"],
    ["data/book.csv", "data/book.csv"],
    ["postgres://me:secret", "the queue"],
    ["redis://me:12/secret@host", "the queue"],
    [
      "error: unknown option '--qeue=redis://me:my secret@host'",
      "error: unknown option '--qeue=redis://host'",
    ],
  ])("shows no credentials: %s", (word, shown) => {
    expect(withoutCredentials(word)).toBe(shown);
  });
});
