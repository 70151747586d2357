import { applyEdits, findNodeAtOffset, getNodePath, type JSONPath, modify, parseTree } from "jsonc-parser";
import {
  dynamics,
  type Failure,
  type MarketReading,
  type NumberTable,
  readMarket,
  underlyingNumbers,
} from "../index.js";

/** Where a number stands in the market file: ["underlyings", "ACME", "spot"]. */
export type NumberPath = readonly string[];

/** Named models: their files' text by name. */
export type ModelFiles = ReadonlyMap<string, string>;

export interface MarketText {
  readonly name: string;
  readonly text: string;
  readonly reading: MarketReading;
}

/** A number that can be changed, and what keeps it from being used. */
export interface MarketNumber {
  readonly path: NumberPath;
  readonly name: string;
  readonly meaning: string;
  readonly unit: string;
  readonly value: string;
  /** The span of a slider around the value. */
  readonly low: number;
  readonly high: number;
  readonly fault: string | null;
}

export interface UnderlyingView {
  readonly name: string;
  readonly currency: string;
  /** Null when the parameters are the market file's own. */
  readonly model: string | null;
  readonly dynamics: string;
  readonly numbers: readonly MarketNumber[];
}

type Json = Readonly<Record<string, unknown>>;

export function readMarketText(name: string, text: string, models: ModelFiles): MarketText {
  const find = (model: string) => {
    const found = models.get(model);
    return found === undefined ? undefined : { text: found, file: `${model}.json` };
  };
  const modelNames = [...models.keys()].sort();
  return { name, text, reading: readMarket(text, { file: name, dynamics, models: find, modelNames }) };
}

/** Every number of every underlying, faults beside the number they are about; `rest` are the other faults. */
export function viewMarket(
  { text, reading }: MarketText,
  models: ModelFiles,
): { readonly underlyings: readonly UnderlyingView[]; readonly rest: readonly Failure[] } {
  const raw = parsed(text);
  const faults = new Map<string, string>();
  const rest: Failure[] = [];
  for (const failure of reading.failures) {
    const path = pathOf(text, failure);
    const key = path?.length === 3 || path?.length === 5 ? path.join("\n") : undefined;
    if (key === undefined || faults.has(key)) rest.push(failure);
    else faults.set(key, failure.message);
  }
  const underlyings = Object.entries(record(record(raw).underlyings)).map(([name, entry]) => {
    const values = record(entry);
    const model = typeof values.model === "string" ? values.model : null;
    const law = record(model === null ? values.model : parsed(models.get(model) ?? ""));
    const numbers = (table: NumberTable, from: Json, path: NumberPath) =>
      Object.entries(table).map(([key, term]): MarketNumber => {
        const value = from[key] ?? term.default ?? "";
        const unit = key === "spot" ? String(values.currency ?? "") : term.unit;
        const own = [...path, key];
        const fault = faults.get(own.join("\n")) ?? null;
        return {
          ...{ path: own, name: key, meaning: term.meaning, unit, value: String(value), fault },
          ...span(Number(value), term),
        };
      });
    const table = dynamics[String(law.dynamics)]?.parameters ?? {};
    return {
      name,
      currency: String(values.currency ?? ""),
      model,
      dynamics: String(law.dynamics ?? ""),
      numbers: [
        ...numbers(underlyingNumbers, values, ["underlyings", name]),
        ...numbers(table, record(law.parameters), ["underlyings", name, "model", "parameters"]),
      ],
    };
  });
  return { underlyings, rest };
}

/** The text with a number changed. What is no number goes in as text, for the reader to refuse in its own words. */
export function withNumber(market: MarketText, models: ModelFiles, path: NumberPath, typed: string): string {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(typed.trim()) ? Number(typed) : typed;
  const [, underlying] = path;
  const entry = record(record(record(parsed(market.text)).underlyings)[underlying!]);
  // A parameter of a named model: the underlying gets a copy of its own.
  const text =
    path.length === 5 && typeof entry.model === "string"
      ? withModel(market.text, underlying!, modelCopy(models.get(entry.model) ?? ""))
      : market.text;
  return edited(text, [...path], value);
}

/** The text with another named model for an underlying. */
export function withNamedModel(text: string, underlying: string, model: string): string {
  return withModel(text, underlying, model);
}

function withModel(text: string, underlying: string, model: unknown): string {
  return edited(text, ["underlyings", underlying, "model"], model);
}

function modelCopy(file: string): unknown {
  const { dynamics, parameters } = record(parsed(file));
  return { dynamics, parameters };
}

function edited(text: string, path: JSONPath, value: unknown): string {
  const formattingOptions = { insertSpaces: true, tabSize: 2, keepLines: true };
  return applyEdits(text, modify(text, path, value, { formattingOptions }));
}

/** The place a failure is about, from its line and column. */
function pathOf(text: string, { where }: Failure): readonly string[] | undefined {
  const root = parseTree(text);
  if (root === undefined || where?.line === undefined || typeof where.column !== "number") return undefined;
  const lines = text.split("\n");
  const before = lines.slice(0, where.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const node = findNodeAtOffset(root, before + where.column - 1);
  return node && getNodePath(node).map(String);
}

/** Wide enough to see something move, within the term's bounds. */
function span(
  value: number,
  { above, atLeast, below, atMost }: NumberTable[string],
): { low: number; high: number } {
  if (!Number.isFinite(value)) return { low: 0, high: 1 };
  const reach = Math.max(Math.abs(value), 0.05) * 0.8;
  const least = atLeast ?? (above === undefined ? -Infinity : above + reach / 50);
  const most = atMost ?? (below === undefined ? Infinity : below - reach / 50);
  return { low: Math.max(least, value - reach), high: Math.min(most, value + reach) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
