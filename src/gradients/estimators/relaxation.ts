import type { Kernel } from "../../kernel/kernel.js";
import {
  type Estimator,
  NO_CONTROL_SET,
  openTermColumns,
  type Problem,
  type TermOptions,
} from "../estimator.js";
import { relaxationOf } from "../relaxed-draw.js";
import { openDiscrete, relaxableObstacle, slopesObstacle } from "./discrete.js";

export interface RelaxationOptions {
  /** τ > 0: near 0 the relaxed point is nearly discrete, with little bias and wild slopes. */
  readonly temperature: number;
}

/** Pathwise through the Gumbel-softmax (Concrete) relaxation. Biased: it differentiates E[f] at relaxed points. */
export function relaxation({ temperature }: RelaxationOptions): Estimator {
  return relaxed(
    "relaxation",
    temperature,
    "it differentiates f between the corners, where the variable never is",
  );
}

/** f's slopes at the corners, carried back through the relaxation (Bengio et al. 2013; Jang et al. 2017). Biased. */
export function straightThrough({ temperature }: RelaxationOptions): Estimator {
  return relaxed(
    "straight-through",
    temperature,
    "it carries slopes at the corners back through another, relaxed variable",
  );
}

function relaxed(name: "relaxation" | "straight-through", temperature: number, bias: string): Estimator {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new RangeError(`temperature must be > 0, got ${temperature}`);
  return {
    name: `${name}, temperature ${temperature}`,
    bias,
    obstacle: (problem) => relaxableObstacle(problem) ?? slopesObstacle(problem),
    open: (kernel, problem, options) => openRelaxed(kernel, problem, options, { at: name, temperature }),
  };
}

function openRelaxed(
  kernel: Kernel,
  problem: Problem,
  options: TermOptions,
  { at, temperature }: { readonly at: "relaxation" | "straight-through"; readonly temperature: number },
) {
  const discrete = openDiscrete(kernel, problem, options, 1);
  const { value, slopes } = problem.integrand;
  const { free } = relaxationOf(discrete.groups);
  const count = discrete.logits.length;
  const [points, slopeColumns, pulled] = [0, 1, 2].map(() => openTermColumns(kernel, count)) as [
    Views,
    Views,
    Views,
  ];
  return {
    columns: discrete.columns,
    evaluations: 2,
    controls: problem.derivatives.map(() => NO_CONTROL_SET),
    draws: {
      coordinates: discrete.drawn.x,
      weights: discrete.terms.first,
      draw(batch: number, first: number, n: number) {
        const { noise, x } = discrete.drawn.draw(batch, first, n);
        const [point, slope, byLogit] = [points.views(n), slopeColumns.views(n), pulled.views(n)];
        const out = discrete.terms.views(n);
        value(x, out[0]!);
        for (const column of out.slice(1)) column.fill(0);
        const hardened = { uniforms: noise, x, temperature };
        free.point(hardened, point);
        slopes!(at === "relaxation" ? point : x, slope);
        free.pull(hardened, point, slope, byLogit);
        for (let l = 0; l < count; l++) discrete.addLogit(0, l, byLogit[l]!, 1, out);
      },
    },
  };
}

type Views = ReturnType<typeof openTermColumns>;
