import { type CompiledModule, host, type WasmMemory } from "./host.js";
import type { KernelExports, Pointer } from "./kernel-exports.js";
import { wasmBase64 } from "./wasm.js";

export type { KernelExports, Pointer } from "./kernel-exports.js";

/** Paths of a block: the length of a full column. */
export const BLOCK = 1024;

/**
 * Bytes from one full column to the next, as in assembly/product.ts. Were they a power of two, columns of a table would lie on the same
 * few sets of a cache, and push each other out: the product of a table takes a fifth longer then.
 */
export const COLUMN_BYTES = BLOCK * 8 + 1088;

/** The kernel's functions take whole granules of numbers. */
const GRANULE = 16;

/** The least whole number of granules that holds n. */
export function padded(n: number): number {
  return Math.ceil(n / GRANULE) * GRANULE;
}

const PAGE_BYTES = 65_536;
const ALIGNMENT = 64;

/** The vector operations and the memory that their columns live in, handed out like a stack. */
export interface Kernel {
  readonly exports: KernelExports;
  /** A view of n numbers. Take it anew after any `allocate`: memory that grows detaches older views. */
  column(pointer: Pointer, n: number): Float64Array<ArrayBuffer>;
  /** A view of n unsigned 32-bit words, with the same caution. */
  words(pointer: Pointer, n: number): Uint32Array<ArrayBuffer>;
  /** Reserves memory, not cleared. Throws RangeError when the size is no size or the host has no more memory. */
  allocate(bytes: number): Pointer;
  /** The present height of the stack, for `release`. */
  mark(): number;
  /** Frees everything allocated since the mark. */
  release(mark: number): void;
}

/** Memory of the kernel that holds the numbers. */
export function written(kernel: Kernel, numbers: ArrayLike<number>): Pointer {
  const pointer = kernel.allocate(numbers.length * 8);
  kernel.column(pointer, numbers.length).set(numbers);
  return pointer;
}

interface WasmExports extends KernelExports {
  readonly memory: WasmMemory;
  heapBase(): Pointer;
}

let compiledModule: Promise<CompiledModule> | undefined;

/** A kernel with memory of its own; the compiled code is shared by all kernels of the thread. */
export async function loadKernel(): Promise<Kernel> {
  compiledModule ??= host.WebAssembly.compile(decodeBase64(wasmBase64));
  const instance = await host.WebAssembly.instantiate(await compiledModule);
  return kernelOf(instance.exports as WasmExports);
}

function kernelOf(exports: WasmExports): Kernel {
  const { memory } = exports;
  const bottom = align(exports.heapBase());
  let top = bottom;
  return {
    exports,
    column: (pointer, n) => new Float64Array(memory.buffer, pointer, n),
    words: (pointer, n) => new Uint32Array(memory.buffer, pointer, n),
    allocate(bytes) {
      if (!Number.isSafeInteger(bytes) || bytes < 0) {
        throw new RangeError(`bytes must be a whole number >= 0, got ${bytes}`);
      }
      const pointer = top;
      const needed = align(pointer + bytes);
      const missing = needed - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
      top = needed;
      return pointer;
    },
    mark: () => top,
    release(mark) {
      if (!(mark >= bottom && mark <= top)) {
        throw new RangeError(`mark must be between ${bottom} and ${top}, got ${mark}`);
      }
      top = mark;
    },
  };
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** A loop: `Uint8Array.from` takes forty milliseconds, in every thread. */
function decodeBase64(base64: string): Uint8Array {
  const characters = host.atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
