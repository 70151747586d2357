import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dynamics } from "../../src/dynamics/catalogue.js";
import { readMarket } from "../../src/market/read-market.js";
import { readModel } from "../../src/market/read-model.js";

const modelFile = (name: string) => {
  const file = `models/${name}.json`;
  return { file, text: readFileSync(file, "utf8") };
};
const modelNames = readdirSync("models").map((file) => file.replace(/\.json$/, ""));

test.each(modelNames)("models/%s.json is valid and says where its numbers come from", (name) => {
  const { model, failures } = readModel(modelFile(name).text, { name, dynamics });
  expect(failures).toEqual([]);
  expect(model?.source).toMatch(/\w{4}/);
});

test("data/market.json is valid, with both models in it", () => {
  const { market, failures } = readMarket(readFileSync("data/market.json", "utf8"), {
    dynamics,
    models: modelFile,
  });
  expect(failures).toEqual([]);
  const used = [...(market?.underlyings.values() ?? [])].map(({ model }) => model.dynamics);
  expect(new Set(used)).toEqual(new Set(["heston", "black-scholes"]));
});
