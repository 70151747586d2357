import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFileLines } from "../executors/file-lines.js";
import type { PartReader, ShardRun } from "../executors/shards.js";
import { base64Of, doublesOf } from "../executors/wire.js";
import { UsageError } from "./io.js";
import { besideOf, parsed } from "./whole-files.js";

/**
 * A part is lines of JSON, so that neither a shard nor the merge holds it whole: a head, a line per simulation (batch means under
 * their numbers, as base64 of little-endian doubles), and a foot with the SHA-256 of what is before it.
 */
export interface PartHead {
  /** SHA-256 of the plan file. */
  readonly plan: string;
  readonly shard: number;
}

interface PartFoot {
  readonly sha256: string;
}

/** What its parts must be of. */
export interface PlanOfParts {
  /** SHA-256 of the plan file. */
  readonly hash: string;
  readonly shards: number;
}

/** The parts in a folder, each checked; throws a UsageError that names those that are wrong, missing or there twice. */
export function readParts(path: string, name: string, plan: PlanOfParts): readonly PartReader[] {
  let names: string[];
  try {
    names = readdirSync(path)
      .filter((file) => file.endsWith(".json"))
      .sort();
  } catch {
    throw new UsageError(`${name} must be a folder of parts`);
  }
  const byShard = new Map<number, PartReader>();
  const faults: string[] = [];
  for (const file of names) {
    const part = partOf(join(path, file), file, plan);
    if (typeof part === "string") faults.push(part);
    else if (byShard.has(part.shard))
      faults.push(`${file}: shard ${part.shard} is in ${byShard.get(part.shard)!.name} too`);
    else byShard.set(part.shard, part);
  }
  const missing = Array.from({ length: plan.shards }, (_, shard) => shard).filter(
    (shard) => !byShard.has(shard),
  );
  if (missing.length > 0) faults.push(`no part of shard ${missing.join(", ")}`);
  if (faults.length > 0) throw new UsageError(`the parts cannot be merged: ${faults.join("; ")}`);
  return [...byShard.values()];
}

/** A part that is whole, or what is wrong with it. Reads it once, line by line, for its hash. */
function partOf(
  path: string,
  name: string,
  { hash, shards }: PlanOfParts,
): (PartReader & { readonly shard: number }) | string {
  try {
    const lines = openFileLines(path);
    const first = lines.next();
    const head = (first === null ? undefined : parsed(first, name)) as PartHead | undefined;
    if (typeof head?.plan !== "string") return `${name}: it is not a part`;
    if (head.plan !== hash) return `${name}: it belongs to another plan`;
    const { shard } = head;
    if (!Number.isInteger(shard) || shard < 0 || shard >= shards)
      return `${name}: shard must be from 0 to ${shards - 1}, got ${shard}`;
    const { offset } = lines;
    const seen = createHash("sha256").update(`${first}\n`);
    let foot: string | undefined;
    for (let line = lines.next(); line !== null; line = lines.next()) {
      if (foot !== undefined) seen.update(`${foot}\n`);
      foot = line;
    }
    if (foot !== JSON.stringify({ sha256: seen.digest("hex") } satisfies PartFoot))
      return `${name}: it was changed or cut`;
    const runs = openFileLines(path, offset);
    return { name, shard, next: () => runOf(runs.next()) };
  } catch (error) {
    return error instanceof UsageError ? error.message : `${name}: it cannot be read`;
  }
}

function runOf(line: string | null): ShardRun | undefined {
  const run = JSON.parse(line ?? "{}") as Record<string, string>;
  if (line === null || "sha256" in run) return undefined;
  return {
    batches: new Map(Object.entries(run).map(([batch, text]) => [Number(batch), doublesOf(text)])),
  };
}

/** Writes a part as its simulations end, beside its name, and moves it there when it is whole. */
export function openPart(path: string, name: string, head: PartHead) {
  const beside = besideOf(path);
  const hash = createHash("sha256");
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw new UsageError(`${name} cannot be written: ${(error as Error).message}`);
    }
  };
  const line = (data: object) => {
    const text = `${JSON.stringify(data)}\n`;
    hash.update(text);
    attempt(() => writeFileSync(file, text));
  };
  const file = attempt(() => openSync(beside, "w"));
  let isOpen = true;
  line(head);
  return {
    write: ({ batches }: ShardRun) =>
      line(Object.fromEntries([...batches].map(([batch, means]) => [batch, base64Of(means)]))),
    keep() {
      const foot: PartFoot = { sha256: hash.digest("hex") };
      attempt(() => {
        writeFileSync(file, `${JSON.stringify(foot)}\n`);
        closeSync(file);
        isOpen = false;
        renameSync(beside, path);
      });
    },
    /** Leaves nothing behind, unless it was kept. */
    discard() {
      if (isOpen) closeSync(file);
      isOpen = false;
      rmSync(beside, { force: true });
    },
  };
}
