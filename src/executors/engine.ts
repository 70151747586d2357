import { wasmBase64 } from "../kernel/wasm.js";
import { sha256Of } from "./wire.js";

/** What makes the bits: workers of another engine must not take part in a run. */
export function engineOf(version: string): string {
  return `${version}-kernel-${sha256Of(wasmBase64).slice(0, 12)}`;
}
