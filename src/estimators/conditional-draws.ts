import type { Law } from "../dynamics/dynamics.js";
import type { Draws } from "../gradients/distribution.js";
import { drawsPerBatch, openUniforms } from "../gradients/noise.js";
import { BLOCK, COLUMN_BYTES, type Kernel, type Pointer, padded } from "../kernel/kernel.js";
import { fillRule } from "../numerics/tanh-sinh.js";
import { asInputs, openColumns, openIntervalLaw } from "../simulation/latent-columns.js";
import { pathKey } from "../simulation/paths.js";
import type { RunRequest } from "./estimator.js";

/**
 * How a row comes by its mean. What draws nothing under a constant law is a number; what looks at one price under it is integrated by a
 * rule; all else is simulated, and where jumps are summed over, what any of them leave is simulated apart, on fewer paths: they are rare.
 * Each row by itself, so that it depends on no other.
 */
export const WAYS = ["closed", "rule", "simulated", "jumped"] as const;
export type Way = (typeof WAYS)[number];

/** What the kernel handles at once. */
const FEWEST_PATHS = 16;
/** The share of the paths that is enough for jumps that are summed over. */
export const JUMPED_SHARE = 1 / 8;
/** More than any payoff needs that somebody wrote; what needs more scatters, and says so. */
const NODES = 256;

/** Draws that rows look at: uniforms of the intervals first, then what else they ask for. */
export interface RowDraws extends Draws {
  readonly inputs: readonly Pointer[];
  /** Fewer than the run has. */
  readonly paths?: number;
}

export interface DrawsRequest {
  readonly request: RunRequest;
  readonly law: Law;
  /** The intervals whose uniforms are looked at. */
  readonly drawn: readonly number[];
}

export const openDraws: Readonly<Record<Way, (kernel: Kernel, request: DrawsRequest) => RowDraws>> = {
  /** The spot, by a bit more or less in every batch. */
  closed(kernel, { request: { schedule } }) {
    const spot = kernel.allocate(COLUMN_BYTES);
    // No row looks at a uniform.
    const inputs = [...schedule.dates.map(() => spot), spot];
    return {
      ...{ coordinates: [], weights: ones(kernel), paths: FEWEST_PATHS, inputs },
      draw: (batch, _, paths) => kernel.exports.fill(spot, shaken(schedule.spot, batch), paths),
    };
  },
  /** The nodes of a rule that is shifted from batch to batch, and the spot as above. */
  rule(kernel, { request: { schedule } }) {
    const [nodes, weights, spot] = openColumns(kernel, 3) as [Pointer, Pointer, Pointer];
    return {
      ...{ coordinates: [], weights, paths: NODES, inputs: [nodes, spot] },
      draw(batch, _, paths) {
        fillRule(kernel.column(nodes, paths), kernel.column(weights, paths), (batch * GOLDEN) % 1);
        kernel.exports.fill(spot, shaken(schedule.spot, batch), paths);
      },
    };
  },
  simulated,
  jumped(kernel, request) {
    const { sampler, paths, batches } = request.request;
    const all = drawsPerBatch(sampler, paths, batches);
    return { ...simulated(kernel, request), paths: Math.max(FEWEST_PATHS, padded(JUMPED_SHARE * all)) };
  },
};

/** Uniforms, then the law's columns. */
function simulated(
  kernel: Kernel,
  { request: { schedule, seed, sampler }, law, drawn }: DrawsRequest,
): RowDraws {
  const { dates } = schedule;
  const latent = law.kind === "latent" ? law : null;
  const key = pathKey(schedule, seed, "main");
  const uniforms = openUniforms(kernel, sampler, key, dates.length);
  const uniformColumns = openColumns(kernel, dates.length);
  const laws = latent === null ? [] : dates.map(() => openIntervalLaw(kernel, latent));
  const state = openColumns(kernel, latent?.stateColumns ?? 0);
  const filled = laws.map((own) => ({ ...own, key, state }));
  return {
    ...{ coordinates: [], weights: ones(kernel), inputs: [...uniformColumns, ...laws.flatMap(asInputs)] },
    draw(batch, firstPath, paths) {
      for (const k of drawn) uniforms(uniformColumns[k]!, k, batch, firstPath, paths);
      const place = { batch, firstPath, paths };
      for (let k = 0; k < filled.length; k++) latent!.fill(kernel, k, filled[k]!, place);
    },
  };
}

function ones(kernel: Kernel): Pointer {
  const column = kernel.allocate(COLUMN_BYTES);
  kernel.exports.fill(column, 1, BLOCK);
  return column;
}

/** Its multiples lie evenly in [0, 1). */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** What one last bit is of a number. */
const LAST_BIT = 2 ** -52;

/** Up and down by turns. */
function shaken(spot: number, batch: number): number {
  const bits = batch % 2 === 0 ? batch / 2 : -(batch + 1) / 2;
  return spot * (1 + bits * LAST_BIT);
}
