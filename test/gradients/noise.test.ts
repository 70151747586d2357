import { describe, expect, test } from "vitest";
import { blocks, drawsPerBatch, openNormals } from "../../src/gradients/noise.js";
import { loadKernel } from "../../src/kernel/kernel.js";
import { normalCdf } from "../../src/numerics/normal.js";

describe("normals under Sobol' points", () => {
  test("fill every cell of a 16 × 16 grid once, in any two of the first dimensions that form a net", async () => {
    const kernel = await loadKernel();
    const normals = openNormals(kernel, "sobol", [1, 2], 2);
    const columns = [0, 1].map((k) => {
      const out = kernel.allocate(256 * 8);
      normals(out, k, 3, 0, 256);
      return Array.from(kernel.column(out, 256), (z) => Math.floor(16 * normalCdf(z)));
    });
    const cells = new Set(columns[0]!.map((x, i) => 16 * x + columns[1]![i]!));
    expect(cells.size).toBe(256);
  });

  test("are scrambled anew in every batch", async () => {
    const kernel = await loadKernel();
    const normals = openNormals(kernel, "sobol", [1, 2], 1);
    const out = kernel.allocate(16 * 8);
    const first = [0, 1].map((batch) => {
      normals(out, 0, batch, 0, 16);
      return kernel.column(out, 16)[0];
    });
    expect(first[0]).not.toBe(first[1]);
  });

  test("go on at random beyond the last dimension", async () => {
    const kernel = await loadKernel();
    const normals = openNormals(kernel, "sobol", [1, 2], 1100);
    const out = kernel.allocate(1024 * 8);
    normals(out, 1099, 0, 0, 1024);
    const mean = kernel.column(out, 1024).reduce((sum, z) => sum + z, 0) / 1024;
    expect(Math.abs(mean)).toBeLessThan(5 / 32);
    expect(mean).not.toBe(0);
  });
});

describe("batches", () => {
  test("hold at least the paths asked for, in powers of two for nets and sixteens for random numbers", () => {
    expect(drawsPerBatch("sobol", 65_536, 128)).toBe(512);
    expect(drawsPerBatch("sobol", 65_537, 128)).toBe(1024);
    expect(drawsPerBatch("random", 10_000, 625)).toBe(16);
    expect(drawsPerBatch("random", 10_001, 25)).toBe(416);
  });

  test("are cut into blocks that cover each path once", () => {
    expect([...blocks(2064)]).toEqual([
      { first: 0, count: 1024 },
      { first: 1024, count: 1024 },
      { first: 2048, count: 16 },
    ]);
  });
});
