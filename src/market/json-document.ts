import { type Node, parseTree, printParseErrorCode } from "jsonc-parser";
import { closestName } from "../numerics/closest-name.js";
import type { Failure, Reason } from "../numerics/failure.js";
import { quoted } from "../numerics/quoted.js";
import { type NumberTable, type NumberTerm, numberFault } from "../numerics/terms.js";

/** The keys an object may have. */
export interface Keys {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** A strict JSON text being read. Every reader reports what it cannot accept, with line and column, and returns undefined. */
export interface JsonDocument {
  /** Absent when the text is not JSON. */
  readonly root: Node | undefined;
  /** What was reported so far, in the order it was found. */
  readonly failures: readonly Failure[];
  report(node: Node, reason: Reason, message: string): void;
  /** The values of an object by key; `keys` absent: any key goes. Reports unknown, repeated and missing keys. */
  object(node: Node, name: string, keys?: Keys): ReadonlyMap<string, Node> | undefined;
  text(node: Node | undefined, name: string): string | undefined;
  /** A record of numbers within the bounds of `table`, defaults filled in. */
  numbers(node: Node, name: string, table: NumberTable): Readonly<Record<string, number>> | undefined;
  number(node: Node | undefined, name: string, term: NumberTerm): number | undefined;
}

/** Reads strict JSON (RFC 8259: no comments, no trailing commas); a byte order mark is tolerated. */
export function jsonDocument(source: string, file?: string): JsonDocument {
  const text = source.replace(/^\uFEFF/, "");
  const failures: Failure[] = [];

  function reportAt(offset: number, reason: Reason, message: string): void {
    const before = text.slice(0, offset);
    const line = before.split("\n").length;
    const column = offset - before.lastIndexOf("\n");
    failures.push({ reason, message, where: { ...(file !== undefined && { file }), line, column } });
  }

  function report(node: Node, reason: Reason, message: string): void {
    reportAt(node.offset, reason, message);
  }

  function parse(): Node | undefined {
    const errors: Parameters<typeof parseTree>[1] = [];
    try {
      const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
      // Later errors are mostly echoes of the first.
      const [error] = errors;
      if (error === undefined) return root;
      const came = text.slice(error.offset, error.offset + error.length);
      const rule = printParseErrorCode(error.error).replace(/\B[A-Z]/g, (letter) => ` ${letter}`);
      reportAt(
        error.offset,
        "parsing",
        `the file must be strict JSON: ${rule.toLowerCase()}, got ${came === "" ? "its end" : quoted(came)}`,
      );
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      reportAt(0, "parsing", "the file is nested too deeply");
    }
    return undefined;
  }

  function object(node: Node, name: string, keys?: Keys): ReadonlyMap<string, Node> | undefined {
    if (node.type !== "object") {
      report(node, "invalid", `${name} must be an object, got ${described(node)}`);
      return undefined;
    }
    const known = keys && [...keys.required, ...(keys.optional ?? [])];
    const values = new Map<string, Node>();
    for (const { children } of node.children ?? []) {
      const [key, value] = children ?? [];
      if (key === undefined || value === undefined) continue;
      if (values.has(key.value)) {
        report(key, "invalid", `${name} must have each key once, got ${quoted(key.value)} again`);
      } else if (known !== undefined && !known.includes(key.value)) {
        const meant = closestName(key.value, known);
        const hint = meant === undefined ? `it may have ${known.join(", ")}` : `did you mean "${meant}"?`;
        report(key, "invalid", `${name} has no key ${quoted(key.value)}; ${hint}`);
      } else {
        values.set(key.value, value);
      }
    }
    for (const key of keys?.required ?? []) {
      if (!values.has(key)) report(node, "missing-data", `${name} must have the key "${key}"`);
    }
    return values;
  }

  function readText(node: Node | undefined, name: string): string | undefined {
    if (node === undefined) return undefined;
    if (node.type === "string") return node.value;
    report(node, "invalid", `${name} must be a text, got ${described(node)}`);
    return undefined;
  }

  function number(node: Node | undefined, name: string, term: NumberTerm): number | undefined {
    if (node === undefined) return term.default;
    if (node.type !== "number") {
      report(node, "invalid", `${name} must be a number, got ${described(node)}`);
      return undefined;
    }
    const fault = numberFault(name, term, node.value);
    if (fault === null) return node.value;
    report(node, "invalid", fault);
    return undefined;
  }

  function numbers(node: Node, name: string, table: NumberTable) {
    const values = object(node, name, tableKeys(table));
    if (values === undefined) return undefined;
    const read = Object.entries(table).map(
      ([key, term]) => [key, number(values.get(key), key, term)] as const,
    );
    const found = read.filter((entry): entry is [string, number] => entry[1] !== undefined);
    return found.length === read.length ? Object.fromEntries(found) : undefined;
  }

  return { root: parse(), failures, report, object, text: readText, number, numbers };
}

/** A term without a default is required. */
export function tableKeys(table: NumberTable): Keys {
  const names = Object.keys(table);
  return {
    required: names.filter((name) => table[name]?.default === undefined),
    optional: names.filter((name) => table[name]?.default !== undefined),
  };
}

function described(node: Node): string {
  if (node.type === "object") return "an object";
  if (node.type === "array") return "a list";
  return node.type === "string" ? quoted(node.value) : String(node.value);
}
