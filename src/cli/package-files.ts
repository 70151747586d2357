import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's own folder: two above this file, built or not. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export const ownModels = join(ROOT, "models");
/** The page, built. */
export const ownPage = join(ROOT, "dist/web");

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string }).version;
}

/** The first of the folders' files of a model, with its text. */
export function findModel(
  folders: readonly string[],
  name: string,
): { text: string; file: string } | undefined {
  for (const folder of folders) {
    const file = join(folder, `${name}.json`);
    try {
      return { text: readFileSync(file, "utf8"), file };
    } catch (error) {
      if (
        (error as NodeJS.ErrnoException).code !== "ENOENT" &&
        (error as NodeJS.ErrnoException).code !== "ENOTDIR"
      ) {
        throw error;
      }
    }
  }
  return undefined;
}

export function modelNames(folders: readonly string[]): readonly string[] {
  const names = folders.flatMap((folder) => {
    try {
      return readdirSync(folder).filter((file) => file.endsWith(".json"));
    } catch {
      return [];
    }
  });
  return [...new Set(names.map((file) => basename(file, ".json")))].sort();
}
