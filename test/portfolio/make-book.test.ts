import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const write = (...args: string[]) =>
  execFileSync("node", ["scripts/make-book.mjs", ...args], { encoding: "utf8" });

test("data/book-1000.csv is what the generator writes, to the byte", () => {
  expect(write()).toBe(readFileSync("data/book-1000.csv", "utf8"));
});

test("a shorter book is the beginning of a longer one, and another seed gives another book", () => {
  const book = write("20");
  expect(book.split("\n")).toHaveLength(22);
  expect(write("30").startsWith(book)).toBe(true);
  expect(write("20", "another seed")).not.toBe(book);
});
