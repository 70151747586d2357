import { availableGreeks, dynamics } from "../index.js";
import { type InputArguments, openInputs } from "./inputs.js";
import { EXIT, type Io } from "./io.js";
import { type ExecutorArguments, openExecutor, openKept } from "./open-executor.js";
import { type RunArguments, readOptions } from "./run-options.js";
import { type ReportArguments, readFormats, valueAndReport } from "./value-and-report.js";

/** The options as commander gives them. */
export interface GreeksArguments extends InputArguments, RunArguments, ExecutorArguments, ReportArguments {}

/** Values a book: the main job. */
export async function runGreeks(
  portfolio: string | undefined,
  args: GreeksArguments,
  io: Io,
): Promise<number> {
  const options = readOptions(args);
  readFormats(args.format);
  const place = await openExecutor(args, io);
  try {
    const inputs = openInputs(portfolio, args, io);
    const checkpoint = await openKept(portfolio!, { args, options, executor: place, io });
    try {
      return await valueAndReport(inputs, options, {
        ...{ args, io, executor: checkpoint ?? place },
        extras: place,
      });
    } finally {
      checkpoint?.close();
    }
  } finally {
    await place?.close();
  }
}

/** The Greeks there are, with their units and the models that give them. */
export function listGreeks(args: { readonly json?: boolean }, io: Io): number {
  const list = availableGreeks(Object.values(dynamics));
  if (args.json) {
    const rows = list.map(({ name, meaning, unit, models }) => ({
      name,
      meaning,
      unit: `currency ${unit}`.trim(),
      models,
    }));
    io.stdout(`${JSON.stringify(rows, null, 2)}\n`);
  } else {
    for (const { name, meaning, unit, models } of list) {
      io.stdout(`${name}: ${meaning} [${`currency ${unit}`.trim()}]; ${models.join(", ")}\n`);
    }
  }
  return EXIT.ok;
}
