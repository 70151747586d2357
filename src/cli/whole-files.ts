import { renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "./io.js";

/** Beside its name and then moved there: a file of that name is whole. */
export function writeWhole(path: string, text: string): void {
  const beside = besideOf(path);
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

/** Where a file is written until it is whole: its name with the process, so that two do not meet. */
export function besideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}`);
}

/** Throws a UsageError that names the file. */
export function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name}: it is not whole JSON`);
  }
}
