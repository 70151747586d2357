import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";

/** What stands for a number that JSON lacks, and for a column of doubles. */
const NUMBER = "~number";
const COLUMN = "~column";

/**
 * Data as JSON that gives every double back: NaN, infinities and −0 as words, columns as base64. Equal data give equal text.
 * Throws for what is not data (functions, maps).
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "number" && (!Number.isFinite(item) || Object.is(item, -0)))
      return { [NUMBER]: Object.is(item, -0) ? "-0" : String(item) };
    if (item instanceof Float64Array) return { [COLUMN]: base64Of(item) };
    if (typeof item === "function" || item instanceof Map || item instanceof Set || ArrayBuffer.isView(item))
      throw new Error("only data can be sent: numbers, texts, lists, records and columns of doubles");
    return item;
  });
}

/** The data of a text that `encode` gave. Throws when it is none. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) => {
    if (typeof item !== "object" || item === null) return item;
    if (NUMBER in item) return Number(item[NUMBER]);
    if (COLUMN in item) return doublesOf(String(item[COLUMN]));
    return item;
  });
}

/** Short enough for a queue: compressed, in base64. */
export function pack(text: string): string {
  return gzipSync(text, { level: 1 }).toString("base64");
}

/** Throws when the text would be longer than `mostBytes`, or was not packed. */
export function unpack(packed: string, mostBytes: number): string {
  return gunzipSync(Buffer.from(packed, "base64"), { maxOutputLength: mostBytes }).toString("utf8");
}

/** Doubles as base64 of their little-endian bytes. */
export function base64Of(numbers: Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
}

export function doublesOf(text: string): Float64Array<ArrayBuffer> {
  const bytes = Buffer.from(text, "base64");
  const numbers = new Float64Array(Math.floor(bytes.length / 8));
  new Uint8Array(numbers.buffer).set(bytes.subarray(0, numbers.byteLength));
  return numbers;
}

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
