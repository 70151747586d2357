import type { NumberTable, NumberTerm } from "../numerics/terms.js";
import { tableKeys } from "./json-document.js";
import { CURRENCY, MODEL_NAME, marketKeys, underlyingKeys, underlyingNumbers } from "./read-market.js";
import { type DynamicsTables, modelKeys } from "./read-model.js";

/** A JSON Schema, or part of one. */
export type Schema = Readonly<Record<string, unknown>>;

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const schemaKey = { type: "string", description: "the address of this schema, for editors" };

/** The JSON Schema (draft 2020-12) of market files, made of the tables that validate them. */
export function marketSchema(dynamics: DynamicsTables): Schema {
  return {
    $schema: DIALECT,
    title: "Market",
    ...closedObject(marketKeys.required, {
      $schema: schemaKey,
      valuationDate: { type: "string", format: "date" },
      dayCount: { const: "act/365f" },
      underlyings: { type: "object", minProperties: 1, additionalProperties: underlyingSchema(dynamics) },
    }),
  };
}

/** The JSON Schema of model files. */
export function modelSchema(dynamics: DynamicsTables): Schema {
  return { $schema: DIALECT, title: "Model", ...inlineModel(dynamics) };
}

function underlyingSchema(dynamics: DynamicsTables): Schema {
  const named = {
    type: "string",
    pattern: MODEL_NAME.source,
    description: "the name of a model file, without .json",
  };
  return closedObject(underlyingKeys.required, {
    ...numbersSchema(underlyingNumbers),
    currency: { type: "string", pattern: CURRENCY.source },
    model: { oneOf: [named, inlineModel(dynamics)] },
  });
}

function inlineModel(dynamics: DynamicsTables): Schema {
  const models = Object.entries(dynamics).map(([name, { parameters }]) =>
    closedObject(modelKeys.required, {
      $schema: schemaKey,
      dynamics: { const: name },
      parameters: closedObject(tableKeys(parameters).required, numbersSchema(parameters)),
      source: { type: "string" },
    }),
  );
  return { oneOf: models };
}

function closedObject(required: readonly string[], properties: Schema): Schema {
  return { type: "object", required, properties, additionalProperties: false };
}

function numbersSchema(table: NumberTable): Schema {
  return Object.fromEntries(Object.entries(table).map(([name, term]) => [name, numberSchema(term)]));
}

function numberSchema(term: NumberTerm): Schema {
  const { meaning, unit, above, atLeast, below, atMost } = term;
  return {
    type: "number",
    description: `${meaning} (${unit})`,
    ...(above !== undefined && { exclusiveMinimum: above }),
    ...(atLeast !== undefined && { minimum: atLeast }),
    ...(below !== undefined && { exclusiveMaximum: below }),
    ...(atMost !== undefined && { maximum: atMost }),
    ...(term.default !== undefined && { default: term.default }),
  };
}
