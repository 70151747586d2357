import { expect, test } from "vitest";
import type { LatentLaw } from "../../src/dynamics/dynamics.js";
import { heston } from "../../src/dynamics/heston.js";
import { input } from "../../src/payoffs/build.js";
import { lawNumbers } from "../../src/simulation/law-numbers.js";

const law: LatentLaw = {
  kind: "latent",
  tangentParameters: ["v0", "xi"],
  pairs: ["v0,xi"],
  latentScores: ["kappa"],
  shifts: { rate: [0.25, 0.75] },
  cost: 1,
  stateColumns: 0,
  fill: () => {},
};
const schedule = {
  underlying: "X",
  spot: 100,
  carry: { rate: 0.03, dividendYield: 0.01 },
  dynamics: heston,
  parameters: { v0: 0.04, kappa: 1.5, theta: 0.04, xi: 0.5, rho: -0.7 },
  dates: [0.5, 1],
};
const numbers = lawNumbers(schedule, law, 3);
const number = (name: "drift" | "deviation", interval: number, by: readonly string[]) =>
  numbers.value({ op: "market", name, interval, by });

test("what expressions ask of a latent law is an input, in the order in which the law fills its columns", () => {
  // m, s, ∂m/∂v0, ∂s/∂v0, ∂m/∂ξ, ∂s/∂ξ, ∂²m, ∂²s, score of κ; the second interval's nine come after the first's.
  expect(number("drift", 0, [])).toEqual(input(3));
  expect(number("deviation", 0, ["v0"])).toEqual(input(3 + 3));
  expect(number("drift", 1, ["xi"])).toEqual(input(3 + 9 + 4));
  expect(number("deviation", 1, ["xi", "v0"])).toEqual(input(3 + 9 + 7));
  expect(number("drift", 1, ["rate"])).toBe(0.75);
  expect(number("deviation", 1, ["rate"])).toBe(0);
});

test("what a latent law does not fill is an error, not another of its columns", () => {
  expect(() => number("drift", 0, ["theta"])).toThrow("the law must carry mean theta");
  expect(() => number("drift", 0, ["v0", "v0"])).toThrow("the law must carry mean v0,v0");
  expect(() => number("deviation", 0, ["v0", "v0", "xi"])).toThrow("the law must carry deviation v0,v0,xi");
  expect(() => numbers.value({ op: "market", name: "score", interval: 0, by: ["theta"] })).toThrow(
    "the law must carry score theta",
  );
});
