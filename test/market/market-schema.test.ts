import { expect, test } from "vitest";
import { marketSchema, modelSchema } from "../../src/market/market-schema.js";

const volatility = { kind: "number", meaning: "volatility", unit: "1/√year", above: 0, atMost: 5 } as const;
const kappa = { kind: "number", meaning: "speed", unit: "1/year", atLeast: 0, below: 9, default: 2 } as const;
const dynamics = { "black-scholes": { parameters: { volatility, kappa } } };

test("bounds, units and defaults of a parameter table become JSON Schema", () => {
  expect(modelSchema(dynamics)).toMatchObject({
    oneOf: [
      {
        required: ["dynamics", "parameters"],
        additionalProperties: false,
        properties: {
          dynamics: { const: "black-scholes" },
          parameters: {
            required: ["volatility"],
            additionalProperties: false,
            properties: {
              volatility: {
                type: "number",
                description: "volatility (1/√year)",
                exclusiveMinimum: 0,
                maximum: 5,
              },
              kappa: { minimum: 0, exclusiveMaximum: 9, default: 2 },
            },
          },
        },
      },
    ],
  });
});

test("the market schema asks for what the reader asks for", () => {
  expect(marketSchema(dynamics)).toMatchObject({
    required: ["valuationDate", "dayCount", "underlyings"],
    additionalProperties: false,
    properties: {
      underlyings: {
        additionalProperties: {
          required: ["spot", "currency", "rate", "dividendYield", "model"],
          properties: { spot: { exclusiveMinimum: 0 }, currency: { pattern: "^[A-Z]{3}$" } },
        },
      },
    },
  });
});
