import { describe, expect, test } from "vitest";
import { computeGreeks, products, type RunOptions } from "../../src/index.js";
import { exampleMarket } from "./book.js";

const market = exampleMarket();
const payoff = products.barrier!.payoff(
  {
    ...{ right: "call", strike: 230, barrier: 300, barrier_type: "up-and-out", rebate: 0 },
    observations: [0.25, 0.5, 0.75, 1],
  } as never,
  1,
);
const item = {
  kind: "trade" as const,
  trade: {
    id: "b",
    book: "",
    underlying: "ACME",
    product: "barrier",
    quantity: "1",
    tags: {},
    where: {},
    payoff,
  },
};
const options: RunOptions = { greeks: ["price", "delta"], paths: 4096, batches: 32, seed: "precision" };
const value = async (more: RunOptions) =>
  (await computeGreeks([item], market, { ...options, ...more })).results[0]!.estimates;

describe("precision on demand", () => {
  test("is reached by more paths, whose numbers are those of as many asked for at once", async () => {
    const [plain] = await value({});
    const sharp = await value({ precision: 0.002 });
    for (const { standardError, value: estimate, status } of sharp) {
      expect(standardError).toBeLessThanOrEqual(0.002 * Math.abs(estimate));
      expect(status).toBe("ok");
    }
    expect(sharp[0]!.paths).toBeGreaterThan(plain!.paths);
    expect(await value({ paths: sharp[0]!.paths })).toEqual(sharp);
  });

  test("is not paid for where it is there already", async () => {
    expect(await value({ precision: 0.9 })).toEqual(await value({}));
  });

  test("out of reach is flagged, with what it would take", async () => {
    for (const { status, note, paths } of await value({ precision: 1e-6, maxPaths: 10_000 })) {
      expect(paths).toBeLessThanOrEqual(16_384);
      expect(status).toBe("flagged");
      expect(note).toMatch(/its error is .* times what was asked: about [\d,]+ paths would do/);
    }
  });

  test("ends with the time", async () => {
    for (const { paths, note } of await value({ precision: 1e-6, maxSeconds: 1e-9 })) {
      expect(paths).toBe(4096);
      expect(note).toContain("times what was asked");
    }
  });

  test.each([
    [{ precision: 0 }, "precision must be > 0, got 0"],
    [{ precision: 0.1, maxPaths: 0.5 }, "maxPaths must be a whole number"],
    [{ maxPaths: 5000 }, "maxPaths must come with precision"],
    [{ maxSeconds: 5 }, "maxSeconds must come with precision"],
  ])("%j throw", async (more, message) => {
    await expect(value(more)).rejects.toThrow(message);
  });
});
