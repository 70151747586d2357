import { Command, CommanderError } from "commander";
import { withoutCredentials } from "../executors/queue-broker.js";
import { EXIT, type Io, UsageError } from "./io.js";
import { packageVersion } from "./package-files.js";

/** Runs the program and gives its exit code; it never throws and never prints a stack trace unless GRECIAN_DEBUG is set. */
export async function main(argv: readonly string[], given: Io): Promise<number> {
  // What is complained of is quoted, and may be the address of a queue that stands in a wrong place.
  const io: Io = { ...given, stderr: (text) => given.stderr(withoutCredentials(text)) };
  let code: number = EXIT.ok;
  const program = new Command("grecian")
    .description("Unbiased likelihood-ratio Greeks with a standard error on every number")
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .showHelpAfterError("(grecian --help lists what there is)");

  valuing(program.command("greeks").argument("[portfolio]", "the book, a CSV file, or - for standard input"))
    .description("Greeks with error bars for a book")
    .option("--out <folder>", "where results are written (default: reports)")
    .option("--format <list>", "csv, markdown, html, json", "csv,markdown")
    .option(
      "--ladder",
      "value, delta and gamma of the book against the spot and against the paths in the reports, from extra runs; the book is held in memory (default: with --format html, up to 1,000 trades)",
    )
    .option("--no-ladder", "none of them")
    .option("--threads <n>", "threads to use (default: all cores); the numbers do not depend on it")
    .option(
      "--precision <share>",
      "more paths until every standard error is below this share (0.5%) of its Greek or of a floor",
    )
    .option("--max-paths <n>", "where --precision stops (default: 16777216)")
    .option("--max-seconds <n>", "when --precision stops (default: never)")
    .option(
      "--queue [url]",
      "compute on the workers of a queue, redis://… or postgres://… (default: GRECIAN_QUEUE); see grecian worker",
    )
    .option("--task-seconds <n>", "what a task of the queue should take (default: 2)")
    .option("--in-flight <n>", "tasks in the queue at once (default: 256)")
    .option("--patience <seconds>", "when a queue that is silent ends the run (default: 600)")
    .option(
      "--checkpoint <file>",
      "keep finished batches there; the same command goes on where it was killed",
    )
    .option("--json", "results as JSON on standard output; files only with --out")
    .option("--quiet", "no progress, no summary")
    .option("--list", "list the Greeks there are")
    .action(async (portfolio: string | undefined, options) => {
      const { runGreeks, listGreeks } = await import("./greeks.js");
      code = options.list ? listGreeks(options, io) : await runGreeks(portfolio, { ...options, argv }, io);
    });
  valuing(program.command("plan").argument("<portfolio>", "the book, a CSV file, or - for standard input"))
    .description("the plan of a run in shards, with its inputs: for grecian run on many machines")
    .requiredOption("--shards <n>", "how many shards, at most one per batch")
    .requiredOption("--out <file>", "the plan")
    .option("--quiet", "no summary")
    .action(async (portfolio: string, options) => {
      const { writePlan } = await import("./shards.js");
      code = await writePlan(portfolio, options, io);
    });
  program
    .command("run")
    .argument("<plan>", "a plan that grecian plan wrote")
    .description("one shard of a plan")
    .option("--shard <n>", "which, from 0 (default: the array index of Kubernetes, AWS Batch or Slurm)")
    .requiredOption("--out <file>", "the part")
    .option("--quiet", "no progress, no summary")
    .action(async (plan: string, options) => {
      const { runShard } = await import("./shards.js");
      code = await runShard(plan, options, io);
    });
  program
    .command("merge")
    .argument("<plan>", "the plan")
    .argument("<folder>", "its parts, files of the name *.json")
    .description("the files that one machine would have written, bit for bit")
    .option("--out <folder>", "where results are written (default: reports)")
    .option("--format <list>", "csv, markdown, html, json", "csv,markdown")
    .option("--json", "results as JSON on standard output; files only with --out")
    .option("--quiet", "no progress, no summary")
    .action(async (plan: string, folder: string, options) => {
      const { mergeParts } = await import("./shards.js");
      code = await mergeParts(plan, folder, { ...options, argv }, io);
    });
  program
    .command("worker")
    .description("computes for grecian greeks --queue, until it is told to stop (SIGTERM)")
    .option("--queue [url]", "redis://… or postgres://… (default: GRECIAN_QUEUE)")
    .option("--threads <n>", "threads to use (default: all cores)")
    .option("--quiet", "only what goes wrong")
    .action(async (options) => {
      const { runWorker } = await import("./worker.js");
      code = await runWorker(options, io);
    });
  program
    .command("products")
    .description("the products, with their terms, units and bounds")
    .option("--json", "as JSON")
    .action(async (options) => {
      const { listProducts } = await import("./products.js");
      listProducts(options, io);
    });
  program
    .command("models")
    .description("the dynamics with their parameters, and the named models")
    .option("--models <folder>", "a further folder of named models")
    .option("--schema", "the JSON Schema of market files")
    .option("--json", "as JSON")
    .action(async (options) => {
      const { listModels } = await import("./models.js");
      listModels(options, io);
    });

  program
    .command("compare")
    .argument("[portfolio]", "the book, a CSV file, or - for standard input")
    .description("every estimator side by side on a book: value, error, variance × time")
    .option("--market <file>", "the market, a JSON file")
    .option("--models <folder>", "where named models are")
    .option("--greeks <list>", "first, second, all, or names separated by commas", "price,delta,gamma,vega")
    .option("--paths <n>", "paths per schedule, rounded up to whole batches", "65536")
    .option("--batches <n>", "independent batches the error bars come from", "64")
    .option("--sampler <name>", "sobol or random", "sobol")
    .option("--seed <text>", "any text; the same seed gives the same bits", "1")
    .option("--list", "list the estimators and what they do")
    .option("--json", "as JSON")
    .action(async (portfolio: string | undefined, options) => {
      const { listEstimators, runCompare } = await import("./compare.js");
      if (options.list) listEstimators(options, io);
      else code = await runCompare(portfolio, options, io);
    });
  program
    .command("converge")
    .argument("[portfolio]", "the book, a CSV file, or - for standard input")
    .description("estimates and error bars of a book against the number of paths")
    .option("--market <file>", "the market, a JSON file")
    .option("--models <folder>", "where named models are")
    .option("--greeks <list>", "first, second, all, or names separated by commas", "price,delta")
    .option("--estimator <name>", "as of greeks", "auto")
    .option("--from <n>", "paths of the smallest run; they double from run to run", "4096")
    .option("--paths <n>", "paths of the largest run", "65536")
    .option("--batches <n>", "independent batches the error bars come from", "64")
    .option("--sampler <name>", "sobol or random", "sobol")
    .option("--seed <text>", "any text; the same seed gives the same bits", "1")
    .option("--out <folder>", "where convergence.csv is written, the data of a plot")
    .option("--json", "as JSON")
    .action(async (portfolio: string | undefined, options) => {
      const { runConverge } = await import("./converge.js");
      code = await runConverge(portfolio, options, io);
    });
  program
    .command("serve")
    .description("the page that computes in the browser, for this machine alone")
    .option("--port <n>", "where it listens; 0 takes a free one", "8470")
    .action(async (options) => {
      const { runServe } = await import("./serve.js");
      code = await runServe(options, io);
    });
  program
    .command("verify")
    .description(
      "the program against closed forms, published tables, its own error bars, its other estimators and the pricing equation, on this machine",
    )
    .option(
      "--sections <list>",
      "closed-forms, published-tables, coverage, estimator-agreement, pricing-equation",
    )
    .option("--paths <n>", "paths of the largest simulations (default: 262144, quick 32768)")
    .option("--seeds <n>", "seeds that the coverage of intervals is counted over (default: 100, quick 40)")
    .option("--quick", "fewer paths and seeds: some seconds instead of a minute")
    .option("--sampler <name>", "sobol or random", "sobol")
    .option("--seed <text>", "any text; the same seed gives the same bits", "verify")
    .option("--threads <n>", "threads to use (default: all cores); the numbers do not depend on it")
    .option(
      "--out <file>",
      "where the document is written, a Markdown file; the verdict alone is printed then",
    )
    .option("--json", "as JSON")
    .action(async (options) => {
      const { runVerify } = await import("./verify.js");
      code = await runVerify({ ...options, argv }, io);
    });
  program
    .command("gradient")
    .argument("[example]", "a name from --list")
    .description("gradients of expectations: an example with a known answer, by each estimator that applies")
    .option("--samples <n>", "draws per estimator, rounded up to whole batches", "65536")
    .option("--sampler <name>", "random or sobol", "random")
    .option("--seed <text>", "any text; the same seed gives the same bits", "1")
    .option("--list", "list the examples")
    .option("--json", "as JSON")
    .action(async (example: string | undefined, options) => {
      const { runGradient, listExamples } = await import("./gradient.js");
      if (options.list) listExamples(options, io);
      else await runGradient(example, options, io);
    });

  try {
    if (argv.length === 0) {
      io.stderr(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UsageError) {
      io.stderr(`grecian: ${message}\n`);
      return EXIT.usage;
    }
    const trace = process.env.GRECIAN_DEBUG && error instanceof Error ? `\n${error.stack}` : "";
    io.stderr(`grecian: internal error: ${message}${trace}\n`);
    return EXIT.internal;
  }
}

/** The options that say what is valued and how: they make the numbers. */
function valuing(command: Command): Command {
  return command
    .option("--market <file>", "the market, a JSON file")
    .option(
      "--models <folder>",
      "where named models are (default: models beside the market file, then the package's own)",
    )
    .option("--greeks <list>", "first, second, all, or names separated by commas", "first")
    .option("--estimator <name>", "auto, or one that `grecian compare --list` names", "auto")
    .option("--paths <n>", "paths per schedule, rounded up to whole batches", "65536")
    .option("--batches <n>", "independent batches the error bars come from", "64")
    .option("--sampler <name>", "sobol or random", "sobol")
    .option("--seed <text>", "any text; the same seed gives the same bits", "1")
    .option("--profile <name>", "raw derivatives, or desk units", "raw");
}
