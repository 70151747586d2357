import type { Columns } from "./column-distribution.js";

/** The function f whose expectation is differentiated, on columns: a column per coordinate, a number per draw. */
export interface Integrand {
  value(x: Columns, out: Float64Array): void;
  /** Writes ∂f/∂x_i to out[i]. Absent where f is not differentiated, or jumps: a jump has no slope that tells of it. */
  readonly slopes?: (x: Columns, out: Columns) => void;
}

/** f of one draw, by its coordinates. */
export type PointFunction = (...x: number[]) => number;

/** Lifts a function of one draw to columns. `slopes` gives ∂f/∂x_i, an array of them when there are several coordinates. */
export function pointwise(
  value: PointFunction,
  slopes?: (...x: number[]) => number | readonly number[],
): Integrand {
  return {
    value(x, out) {
      const [first, second] = x as [Float64Array, Float64Array?];
      const n = out.length;
      if (second === undefined) for (let i = 0; i < n; i++) out[i] = value(first[i]!);
      else if (x.length === 2) for (let i = 0; i < n; i++) out[i] = value(first[i]!, second[i]!);
      else for (let i = 0; i < n; i++) out[i] = value(...x.map((column) => column[i]!));
    },
    ...(slopes !== undefined && {
      slopes(x: Columns, out: Columns) {
        for (let i = 0; i < out[0]!.length; i++) {
          const slope = slopes(...x.map((column) => column[i]!));
          if (typeof slope === "number") out[0]![i] = slope;
          else for (const [d, column] of out.entries()) column[i] = slope[d]!;
        }
      },
    }),
  };
}

export function integrandOf(f: Integrand | PointFunction): Integrand {
  return typeof f === "function" ? pointwise(f) : f;
}
