import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Format, openJsonWriter, openWriter, type Writer } from "../report/writer.js";
import { UsageError } from "./io.js";

/** Somewhere results go as they come. */
export interface Output extends Writer {
  /** Leaves nothing behind. */
  discard(): void;
}

/** The files of a run, written beside their final names and moved there when they are whole. */
export function openFiles(folder: string, formats: readonly Format[], seed: string): Output {
  const files = new Map<string, ReturnType<typeof openPartFile>>();
  const writer = openWriter(formats, seed, (name, text) => {
    if (!files.has(name)) files.set(name, openPartFile(folder, name));
    files.get(name)!.write(text);
  });
  return {
    ...writer,
    finish(run) {
      writer.finish(run);
      for (const file of files.values()) file.keep();
    },
    discard() {
      for (const file of files.values()) file.discard();
    },
  };
}

/** One JSON document on standard output, or wherever `write` puts it. */
export function openJson(write: (text: string) => void): Output {
  return { ...openJsonWriter(write), discard: () => undefined };
}

const BUFFERED = 65_536;

function openPartFile(folder: string, name: string) {
  const path = join(folder, name);
  const part = join(folder, `.${name}.${process.pid}.part`);
  let buffer = "";
  let file: number;
  try {
    mkdirSync(folder, { recursive: true });
    file = openSync(part, "w");
  } catch (error) {
    throw new UsageError(`${folder} cannot be written: ${(error as Error).message}`);
  }
  const flush = () => {
    writeSync(file, buffer);
    buffer = "";
  };
  return {
    write(text: string) {
      buffer += text;
      if (buffer.length > BUFFERED) flush();
    },
    keep() {
      flush();
      closeSync(file);
      renameSync(part, path);
    },
    discard() {
      closeSync(file);
      rmSync(part, { force: true });
    },
  };
}
