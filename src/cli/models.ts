import { resolve } from "node:path";
import { dynamics, marketSchema, readModel } from "../index.js";
import type { Io } from "./io.js";
import { findModel, modelNames, ownModels } from "./package-files.js";
import { describeTerm } from "./products.js";

export function listModels(
  options: { readonly json?: boolean; readonly schema?: boolean; readonly models?: string },
  io: Io,
): void {
  if (options.schema) {
    io.stdout(`${JSON.stringify(marketSchema(dynamics), null, 2)}\n`);
    return;
  }
  const folders = [...(options.models === undefined ? [] : [resolve(io.cwd, options.models)]), ownModels];
  const named = modelNames(folders).flatMap((name) => {
    const file = findModel(folders, name);
    const { model } = file === undefined ? {} : readModel(file.text, { name, file: file.file, dynamics });
    return model === undefined ? [] : [model];
  });
  const laws = Object.values(dynamics).map(({ name, meaning, parameters, scheme }) => ({
    name,
    meaning,
    scheme,
    parameters,
  }));
  if (options.json) {
    io.stdout(`${JSON.stringify({ dynamics: laws, models: named }, null, 2)}\n`);
    return;
  }
  for (const { name, meaning, parameters, scheme } of laws) {
    io.stdout(`${name}: ${meaning}; scheme ${scheme}\n`);
    for (const [parameter, term] of Object.entries(parameters))
      io.stdout(`  ${describeTerm(parameter, term)}\n`);
    io.stdout("\n");
  }
  for (const { name, dynamics: law, parameters, source } of named) {
    const values = Object.entries(parameters).map(([parameter, value]) => `${parameter} ${value}`);
    io.stdout(`${name} (${law}): ${values.join(", ")}${source === undefined ? "" : `; ${source}`}\n`);
  }
}
