/** Placeholder contract until the kernel lands; see the kernel room. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
}
