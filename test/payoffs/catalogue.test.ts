import { createReadStream } from "node:fs";
import { expect, test } from "vitest";
import { products } from "../../src/payoffs/catalogue.js";
import { compile } from "../../src/payoffs/compile.js";
import { readPortfolio } from "../../src/portfolio/read-portfolio.js";

test("a product's name is its key, and nothing else is a product", () => {
  for (const [name, product] of Object.entries(products)) expect(product.name).toBe(name);
  for (const name of ["constructor", "__proto__", "toString"]) expect(name in products).toBe(false);
});

const used = new Set<string>();

test.each(["data/book.csv", "data/structured.csv", "data/book-1000.csv"])(
  "every trade of %s reads and compiles",
  async (file) => {
    const failures: unknown[] = [];
    for await (const item of readPortfolio(createReadStream(file), {
      valuationDate: "2026-11-23",
      products,
    })) {
      if (item.kind === "failure") {
        failures.push(item.failure);
        continue;
      }
      const { product, payoff } = item.trade;
      used.add(product);
      if (typeof payoff.amount === "function") throw new Error("a product's amount must be an expression");
      expect(compile([payoff.amount]).rows).toBe(1);
    }
    expect(failures).toEqual([]);
  },
);

test("every product is in one of the example books", () => {
  expect([...used].sort()).toEqual(Object.keys(products).sort());
});
