import type { Kernel } from "../../kernel/kernel.js";
import { power } from "../../numerics/elementary.js";
import type { Columns } from "../column-distribution.js";
import {
  type Coefficients,
  type Estimator,
  openTermColumns,
  type Problem,
  type TermOptions,
  type Terms,
} from "../estimator.js";
import { type HardenedDraw, type RelaxedDraw, relaxationOf } from "../relaxed-draw.js";
import { openDiscrete, relaxableObstacle, slopesObstacle } from "./discrete.js";

export interface RebarOptions {
  readonly temperature?: number;
  /** The coefficient of the control; `fitted` regresses for each parameter on other draws. */
  readonly eta?: number | "fitted";
  /** Whether the conditional draw z̃ has noise of its own, or the noise that made z. */
  readonly noise?: "independent" | "coupled";
}

/**
 * REBAR: the score function with the relaxation as its control, f(b) s − η [ f(X̃) s − ∂f(X) + ∂f(X̃) ], which is unbiased
 * at every η and temperature since X̃ is drawn given b. Tucker, Mnih, Maddison, Lawson and Sohl-Dickstein (2017).
 */
export function rebar({
  temperature = 0.5,
  eta = "fitted",
  noise = "independent",
}: RebarOptions = {}): Estimator {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new RangeError(`temperature must be > 0, got ${temperature}`);
  return {
    name: `rebar, temperature ${temperature}, eta ${eta}${noise === "coupled" ? ", coupled" : ""}`,
    bias: null,
    obstacle: (problem) => relaxableObstacle(problem) ?? slopesObstacle(problem),
    open: (kernel, problem, options) =>
      openControlled(kernel, problem, options, {
        noise,
        coefficients: eta === "fitted" ? "crossFit" : [eta],
        surrogates: [
          {
            temperature,
            value: (point, out) => problem.integrand.value(point, out),
            slopes: (point, out) => problem.integrand.slopes!(point, out),
          },
        ],
      }),
  };
}

/** The temperatures of RELAX's surrogate. */
const TEMPERATURES = [0.5, 1, 2, 4];

/**
 * RELAX: REBAR with a learnt surrogate in the place of f, so that f itself may be a black box. The surrogate of each
 * logit is linear in the relaxed point and its square at several temperatures; its training is then a least-squares
 * problem, solved on a pilot run. Grathwohl, Choi, Wu, Roeder and Duvenaud (2018).
 */
export function relax(): Estimator {
  const own = (temperature: number, degree: 1 | 2): Surrogate => ({
    temperature,
    ofLogit: degree,
  });
  return {
    name: "relax",
    bias: null,
    obstacle: relaxableObstacle,
    open: (kernel, problem, options) =>
      openControlled(kernel, problem, options, {
        noise: "independent",
        coefficients: "pilot",
        surrogates: TEMPERATURES.flatMap((temperature) => [own(temperature, 1), own(temperature, 2)]),
      }),
  };
}

/** A function of the relaxed point: one for all logits, or for each a power of its own coordinate. */
type Surrogate = { readonly temperature: number } & (
  | { value(point: Columns, out: Float64Array): void; slopes(point: Columns, out: Columns): void }
  | { readonly ofLogit: 1 | 2 }
);

interface Pull {
  readonly side: RelaxedDraw;
  readonly draw: HardenedDraw;
  readonly point: Columns;
  readonly slopes: Columns;
  readonly pulled: Columns;
}

interface Controlled {
  readonly noise: "independent" | "coupled";
  readonly coefficients: Coefficients;
  readonly surrogates: readonly Surrogate[];
}

/** Columns: f(b); f(b) s per parameter; then for each surrogate c its control c(X̃) s − ∂c(X) + ∂c(X̃) per parameter. */
function openControlled(
  kernel: Kernel,
  problem: Problem,
  options: TermOptions,
  { noise: coupling, coefficients, surrogates }: Controlled,
): Terms {
  const discrete = openDiscrete(kernel, problem, options, 1 + surrogates.length);
  const { value } = problem.integrand;
  const { free, conditional, couple } = relaxationOf(discrete.groups);
  const count = discrete.logits.length;
  const views = () => openTermColumns(kernel, count);
  const [freePoint, boundPoint, slopeColumns, freePull, boundPull] = [
    views(),
    views(),
    views(),
    views(),
    views(),
  ];
  const scratch = openTermColumns(kernel, 2);
  const fresh = openTermColumns(kernel, count);
  const pullScratch = openTermColumns(kernel, count);
  // Coins do not meet even within a group.
  const ranks = discrete.groups.flatMap(({ kind, logits }) =>
    logits.map((_, k) => (kind === "binary" ? 0 : k)),
  );

  return {
    columns: discrete.columns,
    evaluations: surrogates.some((surrogate) => "value" in surrogate) ? 5 : 1,
    controls: problem.derivatives.map((derivative, g) => ({
      coefficients,
      columns:
        derivative.length === 0
          ? []
          : surrogates.map((_, s) => ({ column: (1 + s) * discrete.parameters + g, mean: 0 })),
    })),
    draws: {
      coordinates: discrete.drawn.x,
      weights: discrete.terms.first,
      draw(batch, first, n) {
        const { noise, x, extra } = discrete.drawn.draw(batch, first, n);
        const out = discrete.terms.views(n);
        const [f, term] = scratch.views(n) as [Float64Array, Float64Array];
        for (const column of out.slice(1)) column.fill(0);
        value(x, out[0]!);
        for (let l = 0; l < count; l++) {
          for (let i = 0; i < n; i++) term[i] = out[0]![i]! * discrete.score(l, x, i);
          discrete.addLogit(0, l, term, 1, out);
        }
        const uniforms = coupling === "coupled" ? fresh.views(n) : extra;
        if (coupling === "coupled") couple({ uniforms: noise, x }, uniforms);

        for (const [s, surrogate] of surrogates.entries()) {
          const { temperature } = surrogate;
          const sides = [
            {
              side: free,
              draw: { uniforms: noise, x, temperature },
              point: freePoint.views(n),
              pulled: freePull.views(n),
            },
            {
              side: conditional,
              draw: { uniforms, x, temperature },
              point: boundPoint.views(n),
              pulled: boundPull.views(n),
            },
          ] as const;
          const slopes = slopeColumns.views(n);
          for (const { side, draw, point, pulled } of sides) {
            side.point(draw, point);
            if ("ofLogit" in surrogate) pullOwn({ side, draw, point, slopes, pulled }, surrogate.ofLogit, n);
            else {
              surrogate.slopes(point, slopes);
              side.pull(draw, point, slopes, pulled);
            }
          }
          const [{ pulled: byFree }, { point: bound, pulled: byBound }] = sides;
          if ("value" in surrogate) surrogate.value(bound, f);
          for (let l = 0; l < count; l++) {
            for (let i = 0; i < n; i++) {
              const c = "value" in surrogate ? f[i]! : power(bound[l]![i]!, surrogate.ofLogit);
              term[i] = c * discrete.score(l, x, i) - byFree[l]![i]! + byBound[l]![i]!;
            }
            discrete.addLogit(1 + s, l, term, 1, out);
          }
        }
      },
    },
  };

  /** The derivative of each logit's own surrogate in that logit: one logit of every group at a time, since groups do not meet. */
  function pullOwn({ side, draw, point, slopes, pulled }: Pull, power: 1 | 2, n: number): void {
    const all = pullScratch.views(n);
    for (let rank = 0; rank <= Math.max(...ranks); rank++) {
      for (const [l, column] of slopes.entries()) {
        if (ranks[l] !== rank) column.fill(0);
        else if (power === 1) column.fill(1);
        else for (let i = 0; i < n; i++) column[i] = 2 * point[l]![i]!;
      }
      side.pull(draw, point, slopes, all);
      for (const [l, column] of pulled.entries()) if (ranks[l] === rank) column.set(all[l]!);
    }
  }
}
