import type { Node } from "jsonc-parser";
import { closestName } from "../numerics/closest-name.js";
import type { Failure } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import type { NumberTable } from "../numerics/terms.js";
import { type JsonDocument, jsonDocument, type Keys } from "./json-document.js";
import type { Model } from "./market.js";

/** What the reader knows of each dynamics: the table of its parameters, and what must hold between them. */
export type DynamicsTables = Readonly<
  Record<
    string,
    { readonly parameters: NumberTable; fault?(parameters: Readonly<Record<string, number>>): string | null }
  >
>;

export const modelKeys: Keys = { required: ["dynamics", "parameters"], optional: ["$schema", "source"] };

export interface ModelReading {
  /** Absent when there are failures. */
  readonly model?: Model;
  readonly failures: readonly Failure[];
}

/** Reads a model file: `{ "dynamics": …, "parameters": { … }, "source": … }`, the parameters within their tables' bounds. */
export function readModel(
  text: string,
  options: { readonly name: string; readonly file?: string; readonly dynamics: DynamicsTables },
): ModelReading {
  const document = jsonDocument(text, options.file);
  const { root, failures } = document;
  const model = root && modelAt(document, root, options.dynamics, options.name);
  return model === undefined || failures.length > 0 ? { failures } : { model, failures };
}

/** Reads a model at `node` of a document; its name is that of the dynamics unless given. */
export function modelAt(
  document: JsonDocument,
  node: Node,
  dynamics: DynamicsTables,
  name?: string,
): Model | undefined {
  const values = document.object(node, "model", modelKeys);
  const dynamicsNode = values?.get("dynamics");
  const chosen = document.text(dynamicsNode, "dynamics");
  const source = document.text(values?.get("source"), "source");
  if (dynamicsNode === undefined || chosen === undefined) return undefined;
  const table = dynamics[chosen]?.parameters;
  if (table === undefined) {
    const names = Object.keys(dynamics);
    const meant = closestName(chosen, names);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    const message = `dynamics must be one of ${names.join(", ")}, got ${quoted(chosen)}${hint}`;
    document.report(dynamicsNode, "invalid", message);
    return undefined;
  }
  const parametersNode = values?.get("parameters");
  const parameters = parametersNode && document.numbers(parametersNode, "parameters", table);
  if (parametersNode === undefined || parameters === undefined) return undefined;
  const fault = dynamics[chosen]?.fault?.(parameters) ?? null;
  if (fault !== null) {
    document.report(parametersNode, "invalid", fault);
    return undefined;
  }
  return { name: name ?? chosen, dynamics: chosen, parameters, ...(source !== undefined && { source }) };
}
