// Nanoseconds per number of the kernel's functions on a full block. Build first: dist/kernel.wasm must exist.
import { readFile } from "node:fs/promises";
import { COLUMN_BYTES } from "../dist/kernel/kernel.js";

const binary = await readFile(new URL("../dist/kernel.wasm", import.meta.url));
const { instance } = await WebAssembly.instantiate(binary);
const { exports: kernel } = instance;

const N = 1024;
const ROWS = 256;
const COLUMNS = 12;

let top = Math.ceil(kernel.heapBase() / 64) * 64;
function allocate(numbers) {
  const pointer = top;
  top += numbers * 8;
  const missing = top - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
  return pointer;
}

const [u, z, x, out, sums, deviation, tangent, directions] = Array.from({ length: 8 }, () => allocate(N));
const F = allocate((ROWS * COLUMN_BYTES) / 8);
const W = allocate((COLUMNS * COLUMN_BYTES) / 8);
const C = allocate(ROWS * COLUMNS);

kernel.philoxUniform(u, N, 1, 2, 0, 0, 0, 0);
kernel.inverseNormal(z, u, N);
kernel.fill(deviation, 0.1, N);
kernel.fill(tangent, 0.3, N);
kernel.fill(x, 100, N);
kernel.fill(F, 1.5, (ROWS * COLUMN_BYTES) / 8);
kernel.fill(W, 0.5, (COLUMNS * COLUMN_BYTES) / 8);
new Uint32Array(kernel.memory.buffer, directions, 32).set(
  Array.from({ length: 32 }, (_, j) => 2 ** (31 - j)),
);

const cases = [
  ["philoxUniform", N, () => kernel.philoxUniform(u, N, 1, 2, 0, 0, 0, 0), 4],
  ["sobolUniform", N, () => kernel.sobolUniform(out, N, directions, 0, 1, 2, 0)],
  ["inverseNormal", N, () => kernel.inverseNormal(out, u, N), 5],
  ["normalCdf", N, () => kernel.normalCdf(out, z, N), 8],
  ["exp", N, () => kernel.exp(out, z, N), 2],
  ["log", N, () => kernel.log(out, u, N)],
  ["growthConstant", N, () => kernel.growthConstant(out, x, z, 0.01, 0.05, N)],
  ["growthColumns", N, () => kernel.growthColumns(out, x, z, tangent, deviation, N)],
  ["scoreConstant", N, () => kernel.scoreConstant(sums, z, 0.1, 0.2, 0.3, N)],
  ["scoreColumns", N, () => kernel.scoreColumns(sums, z, tangent, tangent, deviation, N)],
  ["subtractScalar", N, () => kernel.subtractScalar(out, x, 100, N)],
  ["maxScalar", N, () => kernel.maxScalar(out, z, 0, N)],
  ["greaterScalar", N, () => kernel.greaterScalar(out, z, 0, N)],
  ["greater", N, () => kernel.greater(out, z, u, N)],
  ["multiplyAdd", N, () => kernel.multiplyAdd(sums, z, u, N)],
  ["product, per multiply-add", N * ROWS * COLUMNS, () => kernel.product(F, W, C, ROWS, COLUMNS, N), 0.25],
];

console.log("function                     ns per number   target   ratio");
for (const [name, numbers, run, target] of cases) {
  const ns = fastest(run) / numbers;
  const ratio =
    target === undefined ? "" : `${String(target).padStart(6)}   ${(ns / target).toFixed(2).padStart(5)}`;
  console.log(`${name.padEnd(28)} ${ns.toFixed(3).padStart(13)}   ${ratio}`);
}

/** Nanoseconds of one call: the fastest of many short samples, which other work on the machine disturbs least. */
function fastest(run) {
  const start = process.hrtime.bigint();
  let best = Infinity;
  let calls = 1;
  while (process.hrtime.bigint() - start < 400_000_000n) {
    const from = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) run();
    const elapsed = Number(process.hrtime.bigint() - from);
    best = Math.min(best, elapsed / calls);
    if (elapsed < 200_000) calls *= 2;
  }
  return best;
}
