import { loadKernel } from "../../src/kernel/kernel.js";

export const kernel = await loadKernel();

/** A column that holds `numbers`, padded with their last to the multiple of 16 that the kernel wants. */
export function columnOf(numbers: readonly number[]): { readonly pointer: number; readonly n: number } {
  const n = Math.ceil(numbers.length / 16) * 16;
  const pointer = kernel.allocate(n * 8);
  const column = kernel.column(pointer, n);
  column.fill(numbers.at(-1)!);
  column.set(numbers);
  return { pointer, n };
}

/** Runs a kernel function of one column over `numbers`. */
export function mapNumbers(
  name: "exp" | "log" | "inverseNormal" | "normalCdf",
  numbers: readonly number[],
): number[] {
  const mark = kernel.mark();
  const { pointer, n } = columnOf(numbers);
  const out = kernel.allocate(n * 8);
  kernel.exports[name](out, pointer, n);
  const result = [...kernel.column(out, n).subarray(0, numbers.length)];
  kernel.release(mark);
  return result;
}
