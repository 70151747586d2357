import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import { SAMPLERS, VERIFY_SECTIONS, verify } from "../index.js";
import {
  type Circumstances,
  verificationDocument,
  verificationJson,
  verificationSummary,
} from "../report/verification.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { choice, wholeNumber } from "./option-values.js";
import { packageVersion } from "./package-files.js";

export interface VerifyArguments {
  readonly argv: readonly string[];
  readonly sections?: string;
  readonly paths?: string;
  readonly seeds?: string;
  readonly quick?: boolean;
  readonly sampler: string;
  readonly seed: string;
  readonly threads?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const FULL = { paths: "262144", seeds: "100" };
const QUICK = { paths: "32768", seeds: "40" };

/** Checks the program on this machine, and writes the evidence as a document. */
export async function runVerify(args: VerifyArguments, io: Io): Promise<number> {
  const effort = args.quick ? QUICK : FULL;
  const settings = {
    sections: args.sections?.split(",").map((name) => choice("--sections", name.trim(), VERIFY_SECTIONS)),
    paths: wholeNumber("--paths", args.paths ?? effort.paths, 1024),
    seeds: wholeNumber("--seeds", args.seeds ?? effort.seeds, 1),
    sampler: choice("--sampler", args.sampler, SAMPLERS),
    seed: args.seed,
  };
  const threads = args.threads === undefined ? io.threads?.most : wholeNumber("--threads", args.threads, 1);
  const pool = threads === undefined || threads === 1 ? undefined : await io.threads?.open(threads);
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  const started = new Date();
  try {
    const { sections, ...options } = settings;
    const verification = await verify({
      ...options,
      ...(sections !== undefined && { sections }),
      executor: pool,
      signal: abort.signal,
      onSection: ({ title, number, of }) => io.isTerminal && io.stderr(`${number} of ${of}: ${title}\n`),
    });
    const circumstances = circumstancesOf(args.argv, started);
    const document = verificationDocument(verification, circumstances);
    if (args.out !== undefined) writeDocument(resolve(io.cwd, args.out), document);
    if (args.json) io.stdout(`${JSON.stringify(verificationJson(verification, circumstances), null, 2)}\n`);
    else if (args.out === undefined) io.stdout(document);
    else io.stdout(`${verificationSummary(verification)}\nwrote ${args.out}\n`);
    if (abort.signal.aborted) return EXIT.interrupted;
    return verification.passed ? EXIT.ok : EXIT.internal;
  } finally {
    release();
    await pool?.close();
  }
}

function circumstancesOf(argv: readonly string[], started: Date): Circumstances {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    command: ["grecian", ...argv].join(" "),
    version: packageVersion(),
    runtime: `Node ${process.version}, V8 ${process.versions.v8}`,
    machine: `${processors[0]?.model.trim() ?? "unknown"}, ${processors.length} cores, ${memory} GB, ${process.platform} ${process.arch}`,
    date: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
  };
}

function writeDocument(file: string, document: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, document);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}
