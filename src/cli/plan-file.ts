import { resolve } from "node:path";
import { engineOf } from "../executors/engine.js";
import { sha256Of } from "../executors/wire.js";
import type { RunOptions } from "../index.js";
import { type Inputs, inputsOf, readInput } from "./inputs.js";
import { type Io, UsageError } from "./io.js";
import { packageVersion } from "./package-files.js";
import { parsed, writeWhole } from "./whole-files.js";

const FORMAT = "grecian plan 2";

/** Everything a run needs, in one file: inputs, options, and the version that must run it. */
export interface Plan {
  readonly shards: number;
  readonly options: RunOptions & { readonly seed: string };
  readonly portfolio: { readonly name: string; readonly text: string };
  readonly market: { readonly name: string; readonly text: string };
  readonly models: Readonly<Record<string, { readonly text: string; readonly file: string }>>;
}

/** What is in the file besides: who wrote it, and must run it. */
interface PlanFile extends Plan {
  readonly format: typeof FORMAT;
  readonly engine: string;
}

export function keepPlan(path: string, plan: Plan): void {
  const file: PlanFile = { format: FORMAT, engine: engineOf(packageVersion()), ...plan };
  writeWhole(path, `${JSON.stringify(file, null, 1)}\n`);
}

/** Throws UsageError for a file that is none, or of another version. */
export function readPlan(file: string, io: Io): { readonly plan: Plan; readonly hash: string } {
  const text = readInput(resolve(io.cwd, file), file);
  const plan = parsed(text, file) as PlanFile;
  if (plan?.format !== FORMAT) throw new UsageError(`${file} must be a plan that grecian plan wrote`);
  const engine = engineOf(packageVersion());
  if (plan.engine !== engine)
    throw new UsageError(`${file} must be run by version ${plan.engine}, this is ${engine}`);
  return { plan, hash: sha256Of(text) };
}

/** What a plan holds, as if it were read from the files that it was made of. */
export function inputsFrom({ portfolio, market, models }: Plan): Inputs {
  async function* chunks() {
    yield new TextEncoder().encode(portfolio.text);
  }
  return inputsOf({
    portfolio: { name: portfolio.name, chunks: chunks() },
    sha256: () => sha256Of(portfolio.text),
    market,
    models: {
      find: (name) => (Object.hasOwn(models, name) ? models[name] : undefined),
      names: Object.keys(models),
    },
  });
}
