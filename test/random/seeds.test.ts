import { describe, expect, test } from "vitest";
import { streamKey } from "../../src/random/seeds.js";

describe("the key of a stream", () => {
  test("is two unsigned 32-bit words that stay the same from version to version", () => {
    expect(streamKey("2026", "SPX", "paths")).toEqual([3879538905, 2876572719]);
  });

  test("tells apart every way of splitting a text into parts", () => {
    const splits = [["abc"], ["a", "bc"], ["ab", "c"], ["a", "b", "c"], ["abc", ""], ['a","bc'], ["", "abc"]];
    const keys = splits.map(([seed, ...parts]) => streamKey(seed!, ...parts).join());
    expect(new Set(keys).size).toBe(splits.length);
  });

  test("tells apart characters beyond ASCII that share their low byte", () => {
    const keys = ["A", "Ł", "⁁", "\ud841"].map((seed) => streamKey(seed).join());
    expect(new Set(keys).size).toBe(4);
  });

  test("leaves Math.random alone", () => {
    const before = Math.random;
    streamKey("1");
    expect(Math.random).toBe(before);
    expect(Math.random()).not.toBe(Math.random());
  });

  test("has words whose bits are fair over a thousand consecutive seeds", () => {
    const keys = Array.from({ length: 1000 }, (_, seed) => streamKey(String(seed)));
    for (const word of [0, 1]) {
      for (let bit = 0; bit < 32; bit++) {
        const ones = keys.filter((key) => (key[word]! >>> bit) & 1).length;
        // Five standard deviations of a binomial of 1000 fair bits; false alarm of all 64 together 4e-5.
        expect(Math.abs(ones - 500)).toBeLessThan(5 * Math.sqrt(250));
      }
    }
  });
});
