import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** The rooms whose numbers reach results. */
const ROOMS = [
  "analysis",
  "dynamics",
  "estimators",
  "executors",
  "gradients",
  "market",
  "numerics",
  "payoffs",
  "portfolio",
  "random",
  "simulation",
];
/** What results are held against and not made of: complex numbers and quadratures of closed forms, `grecian verify`. */
const TRUTHS = [
  "numerics/complex.ts",
  "numerics/quadrature.ts",
  "numerics/tanh-sinh.ts",
  "executors/verify/",
];

/** What ECMAScript leaves to the engine: all of Math that rounds, but √; and powers, other than those of two. */
const UNEQUAL =
  /\bMath\.(a?(cos|sin|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log10|log1p|log2|pow|random)\b|(?<!\b2) \*\* | \*\* (?!-?\d+\b)|\*\*=/;

const sources = ROOMS.flatMap((room) =>
  readdirSync(new URL(`../../src/${room}`, import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${room}/${file}`),
).filter((file) => !TRUTHS.some((truth) => file.startsWith(truth)));

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

describe("functions that differ between JavaScript engines", () => {
  test.each([
    "Math.exp(x)",
    "x.map(Math.log)",
    "x ** 2",
    "2 ** n",
    "x ** -0.5",
    "12 ** 3",
    "Math.atan2(y, x)",
  ])("are found: %s", (text) => expect(UNEQUAL.test(text)).toBe(true));
  test.each(["Math.sqrt(x)", "2 ** -53", "2 ** 24", "Math.max(a, b)", "exp(x)"])(
    "and no others: %s",
    (text) => expect(UNEQUAL.test(text)).toBe(false),
  );

  test("reach no result: the rooms of the numbers use src/numerics/elementary.ts", () => {
    expect(sources.length).toBeGreaterThan(150);
    const found = sources.flatMap((file) =>
      withoutComments(readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8"))
        .split("\n")
        .filter((line) => UNEQUAL.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});
