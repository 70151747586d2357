import { expect, test } from "vitest";
import { closestName } from "../../src/numerics/closest-name.js";

const known = ["call", "put", "strike", "trigger", "barrier_type", "asset-digital"];

test.each([
  ["strik", "strike"],
  ["Strike", "strike"],
  ["barrier type", "barrier_type"],
  ["assetdigital", "asset-digital"],
  ["cal", "call"],
])("%s means %s", (name, meant) => {
  expect(closestName(name, known)).toBe(meant);
});

test.each(["trader", "", "desk", "s".repeat(1_000_000)])("nothing is near a name like %.10s", (name) => {
  expect(closestName(name, known)).toBeUndefined();
});
