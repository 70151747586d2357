import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { BatchStore, EstimateRequest, Executor } from "../analysis/executor.js";
import { openFileLines } from "./file-lines.js";
import { simulationOf } from "./queue-messages.js";
import { simulationFault } from "./task-bounds.js";
import { base64Of, doublesOf, sha256Of } from "./wire.js";
import { isPortable, portable } from "./worker-messages.js";

const FORMAT = "grecian checkpoint 1";
/** Letters of a record's own hash: enough to know a torn line. */
const CHECK = 16;

/** A checkpoint that cannot be used, told in words. */
export class CheckpointUnusable extends Error {}

export interface CheckpointOptions {
  /** What makes the run: hash of version, options and inputs. A file of another run is refused. */
  readonly run: string;
  /** Told when batches can no longer be kept, and of a file whose end was torn. */
  readonly onTrouble: (message: string) => void;
  /** Appends to an open file; replaced by tests of full disks. */
  readonly append?: (file: number, text: string) => void;
}

export interface Checkpoint extends Executor {
  /** Batches that were found in the file. */
  readonly found: number;
  close(): void;
}

/**
 * Keeps every finished batch in a file, and takes those that are there from it: a run that was killed goes on where it was, to
 * the same bits. One line per batch with its own hash; a torn end is cut. A disk that is full ends the keeping and not the run.
 * Throws CheckpointUnusable for a file of another run, or none of ours.
 */
export function openCheckpoint(
  path: string,
  executor: Executor,
  { run, onTrouble, append = (file, text) => writeWhole(file, text) }: CheckpointOptions,
): Checkpoint {
  const file = openFile(path);
  const records = new Map<string, Map<number, Place>>();
  let end = readRecords(path, file, { run, records, onTrouble });
  let isKeeping = true;
  const write = (line: string) => {
    if (!isKeeping) return;
    try {
      append(file, line);
      end += line.length;
    } catch (error) {
      isKeeping = false;
      cutTo(file, end);
      onTrouble(`${path} can keep no more: ${reasonOf(error)}; the run goes on without it`);
    }
  };
  if (end === 0) write(headerOf(run));
  const found = [...records.values()].reduce((sum, { size }) => sum + size, 0);

  const storeOf = (request: EstimateRequest): BatchStore => {
    const { key } = simulationOf(request);
    const known = records.get(key) ?? new Map<number, Place>();
    return {
      get(batch) {
        const place = known.get(batch);
        return place === undefined ? undefined : doublesOf(readAt(file, place));
      },
      keep(batch, means) {
        const record = `${key} ${batch} ${base64Of(means)}`;
        write(`${sha256Of(record).slice(0, CHECK)} ${record}\n`);
      },
    };
  };

  return {
    found,
    ...(executor.atOnce !== undefined && { atOnce: executor.atOnce }),
    estimate: (request, control) =>
      executor.estimate(request, canKeep(request) ? { ...control, store: storeOf(request) } : control),
    close: () => closeSync(file),
  };
}

/** What cannot be written as text, code or payoffs of extreme depth, is run without being kept. */
function canKeep(request: EstimateRequest): boolean {
  return isPortable(request) && simulationFault(portable(request)) === null;
}

/** Where a batch's numbers are in the file. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

function openFile(path: string): number {
  try {
    // Reads anywhere, writes at the end only.
    return openSync(path, "a+");
  } catch (error) {
    throw new CheckpointUnusable(`${path} cannot be written: ${reasonOf(error)}`);
  }
}

function headerOf(run: string): string {
  return `${JSON.stringify({ format: FORMAT, run })}\n`;
}

/** Finds the batches of a file and cuts what is not whole; gives the length of what is left. */
function readRecords(
  path: string,
  file: number,
  {
    run,
    records,
    onTrouble,
  }: Pick<CheckpointOptions, "run" | "onTrouble"> & { readonly records: Map<string, Map<number, Place>> },
): number {
  const size = fstatSync(file).size;
  if (size === 0) return 0;
  const lines = openFileLines(path);
  const header = lines.next();
  if (header === null && headerOf(run).startsWith(readAt(file, { offset: 0, length: size }))) {
    ftruncateSync(file, 0);
    return 0;
  }
  if (header === null || !header.includes(FORMAT))
    throw new CheckpointUnusable(`${path} must be a checkpoint of grecian, or not there`);
  if (`${header}\n` !== headerOf(run))
    throw new CheckpointUnusable(
      `${path} belongs to another run (other inputs, options or version): remove it, or name another`,
    );
  let end = lines.offset;
  for (let line = lines.next(); line !== null; line = lines.next()) {
    const [check = "", key = "", batch = "", numbers = ""] = line.split(" ");
    if (sha256Of(line.slice(CHECK + 1)).slice(0, CHECK) !== check) break;
    const known = records.get(key) ?? new Map<number, Place>();
    records.set(key, known);
    known.set(Number(batch), { offset: lines.offset - 1 - numbers.length, length: numbers.length });
    end = lines.offset;
  }
  if (end < size) {
    onTrouble(`${path} was cut by ${size - end} bytes: its end was not whole`);
    ftruncateSync(file, end);
  }
  return end;
}

function readAt(file: number, { offset, length }: Place): string {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(file, bytes, read, length - read, offset + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.toString("latin1", 0, read);
}

/** A disk that is nearly full takes part of a text. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

/** Best effort: a torn end that cannot be cut now is cut by who reads it. */
function cutTo(file: number, end: number): void {
  try {
    ftruncateSync(file, end);
  } catch {
    // It is not a file that can be cut, or the disk is gone.
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "no space is left on the disk";
  if (code === "EDQUOT") return "the disk quota is used up";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ENOENT") return "its folder is not there";
  return code === "EACCES" ? "permission denied" : message;
}
