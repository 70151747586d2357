import type { Node } from "jsonc-parser";
import { dayNumber } from "../numerics/dates.js";
import { describeFailure, type Failure } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import type { NumberTerm } from "../numerics/terms.js";
import { type JsonDocument, jsonDocument, type Keys } from "./json-document.js";
import type { Market, Model, Underlying } from "./market.js";
import { type DynamicsTables, type ModelReading, modelAt, readModel } from "./read-model.js";

/** The numbers of an underlying. Rates are bounded because 4.3 for 4.3 % gives a wrong number that looks right. */
export const underlyingNumbers = {
  spot: { kind: "number", meaning: "price of the underlying today", unit: "currency", above: 0 },
  rate: {
    kind: "number",
    meaning: "interest rate, continuously compounded; 0.043 is 4.3 %",
    unit: "per year",
    atLeast: -1,
    atMost: 1,
  },
  dividendYield: {
    kind: "number",
    meaning: "dividend yield, continuously compounded; 0.013 is 1.3 %",
    unit: "per year",
    atLeast: -1,
    atMost: 1,
  },
} as const satisfies Record<string, NumberTerm>;

export const marketKeys: Keys = {
  required: ["valuationDate", "dayCount", "underlyings"],
  optional: ["$schema"],
};
export const underlyingKeys: Keys = { required: ["spot", "currency", "rate", "dividendYield", "model"] };
/** ISO 4217. */
export const CURRENCY = /^[A-Z]{3}$/;
/** Model names become file names, so they may not lead out of the folder. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export interface ModelFile {
  readonly text: string;
  readonly file: string;
}

export interface MarketOptions {
  /** The name of the market file, for messages. */
  readonly file?: string;
  /** The dynamics a model may name. */
  readonly dynamics: DynamicsTables;
  /** Finds a named model's file. */
  readonly models?: (name: string) => ModelFile | undefined;
  /** The names `models` knows, for the message when one is not found. */
  readonly modelNames?: readonly string[];
}

export interface MarketReading {
  /** Absent when the file as a whole cannot be used; holds the underlyings without faults. */
  readonly market?: Market;
  /** Underlyings the file names but that cannot be used, with the reason. */
  readonly unusable: ReadonlyMap<string, string>;
  readonly failures: readonly Failure[];
}

/**
 * Reads and validates a market file (strict JSON). All faults are found, each with file, line and column.
 * A fault in one underlying, or in its model's file, leaves out that underlying and no other;
 * a fault elsewhere (date, day count, a key that is unknown or there twice) leaves no market.
 */
export function readMarket(text: string, options: MarketOptions): MarketReading {
  const document = jsonDocument(text, options.file);
  const values = document.root && document.object(document.root, "the market", marketKeys);
  const valuationDate = readValuationDate(document, values?.get("valuationDate"));
  const dayCount = readDayCount(document, values?.get("dayCount"));
  const entries = readEntries(document, values?.get("underlyings"));
  const faultOfTheWhole = document.failures.length > 0;

  const modelFiles = new Map<string, ModelReading>();
  const underlyings = new Map<string, Underlying>();
  const unusable = new Map<string, string>();
  for (const [name, node] of entries ?? []) {
    const before = document.failures.length;
    const underlying = readUnderlying(document, name, node, (model) =>
      modelOf(document, model, options, modelFiles),
    );
    const fault = document.failures[before];
    if (fault !== undefined) unusable.set(name, describeFailure(fault));
    else if (underlying !== undefined) underlyings.set(name, underlying);
  }

  const inModelFiles = [...modelFiles.values()].flatMap((reading) => reading.failures);
  const failures = [...document.failures, ...inModelFiles];
  return faultOfTheWhole || valuationDate === undefined || dayCount === undefined
    ? { unusable, failures }
    : { market: { valuationDate, dayCount, underlyings }, unusable, failures };
}

function readValuationDate(document: JsonDocument, node: Node | undefined): string | undefined {
  const date = document.text(node, "valuationDate");
  if (node === undefined || date === undefined || dayNumber(date) !== null) return date;
  document.report(
    node,
    "invalid",
    `valuationDate must be a calendar date written "2026-11-23", got ${quoted(date)}`,
  );
  return undefined;
}

function readDayCount(document: JsonDocument, node: Node | undefined): "act/365f" | undefined {
  const dayCount = document.text(node, "dayCount");
  if (dayCount === "act/365f") return dayCount;
  if (node !== undefined && dayCount !== undefined) {
    document.report(node, "unsupported", `dayCount must be "act/365f", got ${quoted(dayCount)}`);
  }
  return undefined;
}

function readEntries(document: JsonDocument, node: Node | undefined): ReadonlyMap<string, Node> | undefined {
  const entries = node && document.object(node, "underlyings");
  if (node !== undefined && entries?.size === 0) {
    document.report(node, "missing-data", "underlyings must name at least one underlying");
  }
  return entries;
}

function readUnderlying(
  document: JsonDocument,
  name: string,
  node: Node,
  readModelAt: (node: Node) => Model | undefined,
): Underlying | undefined {
  const values = document.object(node, `underlying ${name}`, underlyingKeys);
  if (values === undefined) return undefined;
  if (name === "" || name !== name.trim() || name.includes(";")) {
    const rule = 'the name of an underlying must be a text without ";" and without spaces around it';
    document.report(node, "invalid", `${rule}, got ${quoted(name)}`);
  }
  const spot = document.number(values.get("spot"), "spot", underlyingNumbers.spot);
  const rate = document.number(values.get("rate"), "rate", underlyingNumbers.rate);
  const dividendYield = document.number(
    values.get("dividendYield"),
    "dividendYield",
    underlyingNumbers.dividendYield,
  );
  const currency = readCurrency(document, values.get("currency"));
  const modelNode = values.get("model");
  const model = modelNode && readModelAt(modelNode);
  if (spot === undefined || rate === undefined || dividendYield === undefined) return undefined;
  if (currency === undefined || model === undefined) return undefined;
  return { name, spot, currency, rate, dividendYield, model };
}

function readCurrency(document: JsonDocument, node: Node | undefined): string | undefined {
  const currency = document.text(node, "currency");
  if (node === undefined || currency === undefined || CURRENCY.test(currency)) return currency;
  const message = `currency must be three capital letters (USD), got ${quoted(currency)}`;
  document.report(node, "invalid", message);
  return undefined;
}

/** The model at `node`: an object, or the name of a file, which is read once however many underlyings name it. */
function modelOf(
  document: JsonDocument,
  node: Node,
  options: MarketOptions,
  modelFiles: Map<string, ModelReading>,
): Model | undefined {
  if (node.type === "object") return modelAt(document, node, options.dynamics);
  const name = document.text(node, "model");
  if (name === undefined) return undefined;
  if (!MODEL_NAME.test(name)) {
    const rule = "the name of a model must be of letters, digits, dots, dashes and underscores";
    document.report(node, "invalid", `${rule}, got ${quoted(name)}`);
    return undefined;
  }
  const reading = modelFiles.get(name) ?? readModelFile(name, options);
  if (reading === undefined) {
    const names = options.modelNames ?? [];
    const there = names.length === 0 ? "" : `; there are ${names.join(", ")}`;
    document.report(node, "missing-data", `there is no model file for ${quoted(name)}${there}`);
    return undefined;
  }
  modelFiles.set(name, reading);
  const [fault] = reading.failures;
  if (fault !== undefined) {
    document.report(node, fault.reason, `model ${name} is not usable: ${describeFailure(fault)}`);
  }
  return reading.model;
}

function readModelFile(name: string, options: MarketOptions): ModelReading | undefined {
  const found = options.models?.(name);
  return found && readModel(found.text, { name, file: found.file, dynamics: options.dynamics });
}
