import { afterAll, describe, expect, test } from "vitest";
import { openThreads } from "../../src/executors/threads.js";
import { computeGreeks, type RunOptions } from "../../src/index.js";
import { exampleBook, exampleMarket } from "../analysis/book.js";

// Threads run compiled files: `npm run build` makes them.
const worker = new URL("../../dist/executors/thread-worker.js", import.meta.url);
const market = exampleMarket();
const options: RunOptions = { paths: 4096, batches: 32, seed: "threads" };
const pool = openThreads(2, worker);
afterAll(() => pool.close());

const numbersOf = ({ results }: Awaited<ReturnType<typeof computeGreeks>>) =>
  results.map(({ trade, estimates }) => [trade.id, estimates]);

describe("threads", () => {
  test("give the bits of the calling thread, however many they are", { timeout: 60_000 }, async () => {
    const book = await exampleBook(market);
    const inline = await computeGreeks(book, market, options);
    expect(inline.results.length).toBeGreaterThan(10);
    expect(numbersOf(await computeGreeks(book, market, options, pool))).toEqual(numbersOf(inline));
    const three = openThreads(3, worker);
    expect(numbersOf(await computeGreeks(book, market, options, three))).toEqual(numbersOf(inline));
    await three.close();
  });

  test("leave payoffs given as code to the calling thread", async () => {
    const payoff = {
      dates: [1],
      amount: ([last]: readonly Float64Array[], out: Float64Array) => {
        for (let i = 0; i < out.length; i++) out[i] = Math.max(last![i]! - 230, 0);
      },
    };
    const trade = {
      id: "code",
      book: "",
      underlying: "ACME",
      product: "custom",
      quantity: "1",
      tags: {},
      where: {},
      payoff,
    };
    const item = { kind: "trade" as const, trade };
    const inline = await computeGreeks([item], market, options);
    expect(numbersOf(await computeGreeks([item], market, options, pool))).toEqual(numbersOf(inline));
  });

  test("stop within a tenth of a second", async () => {
    const book = await exampleBook(market);
    const abort = { aborted: false };
    let asked = 0;
    setTimeout(() => {
      abort.aborted = true;
      asked = performance.now();
    }, 300);
    const run = await computeGreeks(book, market, { ...options, paths: 2 ** 22, signal: abort }, pool);
    expect(performance.now() - asked).toBeLessThan(500);
    expect(run.summary.interrupted).toBe(true);
    // The pool is fit for use after it.
    const again = await computeGreeks(book.slice(0, 2), market, options, pool);
    expect(again.failures).toEqual([]);
  });

  test("that die are replaced, and their work done again", async () => {
    const book = (await exampleBook(market)).slice(0, 4);
    const inline = await computeGreeks(book, market, options);
    const fragile = openThreads(2, new URL("fragile-worker.mjs", import.meta.url));
    expect(numbersOf(await computeGreeks(book, market, options, fragile))).toEqual(numbersOf(inline));
    await fragile.close();
  });

  test("that die over and over end the run with the reason, trade by trade", async () => {
    const book = (await exampleBook(market)).slice(0, 2);
    const hopeless = openThreads(2, new URL("hopeless-worker.mjs", import.meta.url));
    const { results, failures } = await computeGreeks(book, market, options, hopeless);
    expect(results).toEqual([]);
    expect(failures).toHaveLength(2);
    for (const { message } of failures)
      expect(message).toBe(
        "the simulation failed: a worker died 3 times over the same work: it ended with code 7",
      );
    await hopeless.close();
  });
});
