import { describe, expect, test } from "vitest";
import { kernel } from "./columns.js";

function words(counter: readonly number[], key: readonly number[]): number[] {
  const mark = kernel.mark();
  const out = kernel.allocate(16);
  const [c0, c1, c2, c3] = counter as [number, number, number, number];
  kernel.exports.philoxWords(out, c0, c1, c2, c3, key[0]!, key[1]!);
  const result = [...kernel.words(out, 4)];
  kernel.release(mark);
  return result;
}

interface Draw {
  readonly key: readonly [number, number];
  readonly draw: number;
  readonly batch: number;
  readonly stream: number;
}

function uniforms({ key, draw, batch, stream }: Draw, firstPath: number, n: number): number[] {
  const mark = kernel.mark();
  const out = kernel.allocate(n * 8);
  kernel.exports.philoxUniform(out, n, key[0], key[1], firstPath, draw, batch, stream);
  const result = [...kernel.column(out, n)];
  kernel.release(mark);
  return result;
}

function uniformOf(high: number, low: number): number {
  return (high * 2 ** 20 + Math.floor(low / 2 ** 12) + 0.5) / 2 ** 52;
}

const DRAW: Draw = { key: [0xdeadbeef, 0x01234567], draw: 7, batch: 3, stream: 0xfffffff0 };

describe("Philox4x32-10", () => {
  test.each([
    {
      counter: [0, 0, 0, 0],
      key: [0, 0],
      expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])("gives the known answer of Random123 for counter $counter", ({ counter, key, expected }) => {
    expect(words(counter, key)).toEqual(expected);
  });

  test("path i reads words 0 and 1 of counter i/2 if even, 2 and 3 if odd, as 52 bits and a half", () => {
    const firstPath = 4_294_966_272;
    const expected = Array.from({ length: 1024 }, (_, j) => {
      const path = firstPath + j;
      const counter = [Math.floor(path / 2), DRAW.draw, DRAW.batch, DRAW.stream];
      const [high, low] = words(counter, DRAW.key).slice(path % 2 === 0 ? 0 : 2);
      return uniformOf(high!, low!);
    });
    expect(uniforms(DRAW, firstPath, 1024)).toEqual(expected);
  });

  test("in columns, words 0 and 1 of counter i are one uniform of path i, words 2 and 3 the other", () => {
    const first = 4_294_967_000;
    const { key, draw, batch, stream } = DRAW;
    const [evens, odds] = [kernel.allocate(64 * 8), kernel.allocate(64 * 8)];
    kernel.exports.philoxColumns(evens, odds, 64, key[0], key[1], first, draw, batch, stream);
    const each = Array.from({ length: 64 }, (_, i) => words([first + i, draw, batch, stream], key));
    expect([...kernel.column(evens, 64)]).toEqual(each.map(([high, low]) => uniformOf(high!, low!)));
    expect([...kernel.column(odds, 64)]).toEqual(each.map(([, , high, low]) => uniformOf(high!, low!)));
  });

  test("gives a path the same number in every block size", () => {
    const whole = uniforms(DRAW, 4096, 1024);
    const pieces = [0, 16, 512].map((start, i) => uniforms(DRAW, 4096 + start, [16, 496, 512][i]!));
    expect(pieces.flat()).toEqual(whole);
  });

  test("gives other numbers for another key, draw, batch or stream", () => {
    const draws: Draw[] = [
      DRAW,
      { ...DRAW, key: [DRAW.key[0] ^ 1, DRAW.key[1]] },
      { ...DRAW, key: [DRAW.key[0], DRAW.key[1] ^ 1] },
      { ...DRAW, draw: 8 },
      { ...DRAW, batch: 4 },
      { ...DRAW, stream: 1 },
    ];
    const numbers = draws.flatMap((draw) => uniforms(draw, 0, 64));
    expect(new Set(numbers).size).toBe(draws.length * 64);
  });

  test("is uniform: mean, variance and serial product within five standard errors", () => {
    const n = 65_536;
    const u = uniforms(DRAW, 0, n);
    const mean = (of: (u: number, i: number) => number) => u.reduce((sum, u, i) => sum + of(u, i), 0) / n;
    // Each has false-alarm rate 6e-7; standard deviations 1/√12, 1/√180 and, for the product, 1/12.
    expect(Math.abs(mean((u) => u - 0.5))).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(mean((u) => (u - 0.5) ** 2 - 1 / 12))).toBeLessThan(5 / Math.sqrt(180 * n));
    expect(Math.abs(mean((x, i) => (x - 0.5) * (u[(i + 1) % n]! - 0.5)))).toBeLessThan(5 / 12 / Math.sqrt(n));
  });
});
