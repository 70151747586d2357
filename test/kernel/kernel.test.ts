import { describe, expect, test } from "vitest";
import { BLOCK, loadKernel } from "../../src/kernel/kernel.js";

describe("the kernel's memory", () => {
  test("hands out aligned, disjoint pieces and grows beyond what the module starts with", async () => {
    const kernel = await loadKernel();
    const pointers = Array.from({ length: 300 }, () => kernel.allocate(BLOCK * 8 - 8));
    pointers.forEach((pointer, i) => {
      kernel.column(pointer, BLOCK - 1).fill(i);
    });
    for (const [i, pointer] of pointers.entries()) {
      expect(pointer % 16).toBe(0);
      expect(kernel.column(pointer, BLOCK - 1).every((x) => x === i)).toBe(true);
    }
  });

  test("lies above the constants: filling all of it leaves exp intact", async () => {
    const kernel = await loadKernel();
    const pointer = kernel.allocate(65_536 * 4);
    kernel.column(pointer, 32_768).fill(Number.NaN);
    kernel.exports.fill(pointer, 1, BLOCK);
    kernel.exports.exp(pointer, pointer, BLOCK);
    expect(kernel.column(pointer, 1)[0]).toBeCloseTo(Math.E, 14);
  });

  test("is given back to the mark", async () => {
    const kernel = await loadKernel();
    const mark = kernel.mark();
    const first = kernel.allocate(1000);
    kernel.allocate(100_000);
    kernel.release(mark);
    expect(kernel.allocate(16)).toBe(first);
  });

  test("belongs to one kernel alone", async () => {
    const [a, b] = await Promise.all([loadKernel(), loadKernel()]);
    const pointer = a.allocate(128);
    expect(b.allocate(128)).toBe(pointer);
    a.column(pointer, 16).fill(1);
    b.column(pointer, 16).fill(2);
    expect(a.column(pointer, 16)[0]).toBe(1);
  });

  test("refuses sizes and marks that are none", async () => {
    const kernel = await loadKernel();
    expect(() => kernel.allocate(-1)).toThrow("bytes must be a whole number >= 0, got -1");
    expect(() => kernel.allocate(1.5)).toThrow("bytes must be a whole number >= 0, got 1.5");
    const mark = kernel.mark();
    expect(() => kernel.release(mark + 64)).toThrow(/mark must be between \d+ and \d+, got \d+/);
    expect(() => kernel.release(0)).toThrow(/got 0/);
  });
});
