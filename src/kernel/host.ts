/** The little of the JavaScript host that the kernel needs and ES2023 does not declare: the same in Node, browser and worker. */
interface Host {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<CompiledModule>;
    instantiate(module: CompiledModule): Promise<{ readonly exports: unknown }>;
  };
  /** Decodes base64 to a string of one character per byte. */
  atob(base64: string): string;
}

declare const compiled: unique symbol;
export interface CompiledModule {
  readonly [compiled]: true;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Grows by pages of 65,536 bytes; throws when the host refuses. */
  grow(pages: number): number;
}

export const host = globalThis as unknown as Host;
