// What a queue costs: overhead per task, two workers against one, bytes of a task and of its answer.
// node bench/queue.mjs redis://… | postgres://… [paths]; run after `npm run build`, on at least two idle cores.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { engineOf } from "../dist/executors/engine.js";
import { openQueue } from "../dist/executors/queue.js";
import { openBroker } from "../dist/executors/queue-broker.js";
import { answerOf, simulationOf } from "../dist/executors/queue-messages.js";
import { tasksOf } from "../dist/executors/queue-names.js";
import { pack } from "../dist/executors/wire.js";
import { computeGreeks, dynamics, products, readMarket, readPortfolio } from "../dist/index.js";

const [url, paths = "134217728"] = process.argv.slice(2);
if (url === undefined) throw new Error("give the address of a queue: redis://… or postgres://…");
const root = new URL("../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const engine = engineOf(version);
const { market } = readMarket(readFileSync(new URL("data/market.json", root), "utf8"), {
  dynamics,
  models: (name) => ({ text: readFileSync(new URL(`models/${name}.json`, root), "utf8"), file: name }),
});

const broker = await openBroker(url);

const DATES = 12;
const TRADES = 20;
const rows = Array.from(
  { length: TRADES },
  (_, i) => `T${i},ACME,asian-digital,1,0.5,call,${200 + 3 * i},1,${DATES}`,
);
const text = ["trade_id,underlying,product,quantity,expiry,right,strike,cash,observations", ...rows].join(
  "\n",
);
const { valuationDate, underlyings } = market;
const options = { paths: Number(paths), batches: 128, seed: "bench", estimator: "likelihood-ratio" };

async function seconds(executor, changes = {}) {
  const book = readPortfolio(text, { valuationDate, underlyings, products });
  const start = performance.now();
  const { failures } = await computeGreeks(book, market, { ...options, ...changes }, executor);
  if (failures.length > 0) throw new Error(failures[0].message);
  return (performance.now() - start) / 1000;
}

/** Processor time of a process so far, seconds, as Linux counts it: hundredths, the 14th and 15th field. */
function processorSeconds({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function withWorkers(count, taskSeconds, changes) {
  const workers = Array.from({ length: count }, () =>
    spawn(
      process.execPath,
      [new URL("dist/program/grecian.js", root).pathname, "worker", "--queue", url, "--threads", "1"],
      { stdio: ["ignore", "pipe", "inherit"] },
    ),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.stdout.once("data", resolve))));
  const queue = await openQueue(url, { engine, taskSeconds, onTrouble: console.error });
  // A first run, so that threads are up and compiled.
  await seconds(queue, { paths: 16_384, seed: "warm" });
  const events = broker.events(tasksOf(engine));
  await events.waitUntilReady();
  let computing = 0;
  events.on("completed", ({ returnvalue }) => {
    computing += returnvalue.milliseconds / 1000;
  });
  const all = [process, ...workers];
  const processor = () => all.reduce((sum, each) => sum + processorSeconds(each), 0);
  const before = processor();
  const taken = await seconds(queue, changes);
  const used = processor() - before;
  await Promise.all([queue.close(), events.close()]);
  const ended = workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
  for (const worker of workers) worker.kill("SIGTERM");
  await Promise.all(ended);
  return { taken, used, busy: computing / (count * taken) };
}

await seconds(undefined, { paths: 16_384 });
const before = processorSeconds(process);
const inline = await seconds(undefined);
const used = processorSeconds(process) - before;
const pathSteps = Number(paths) * DATES;
console.log(
  `one thread, no queue: ${inline.toFixed(2)} s, ${((inline * 1e9) / pathSteps).toFixed(1)} s per billion path-steps of ${TRADES} trades`,
);

const one = await withWorkers(1, 2);
const two = await withWorkers(2, 2);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
// Of the program and its workers, without the server's: free of what others do on the machine, but for its caches.
console.log(
  `processor time: ${used.toFixed(2)} s without a queue, ${one.used.toFixed(2)} s with one worker (${percent(one.used / used - 1)} more), ${two.used.toFixed(2)} s with two (${percent(two.used / used - 1)} more)`,
);
console.log(
  `tasks of 2 s: one worker ${one.taken.toFixed(2)} s, two ${two.taken.toFixed(2)} s: ${(one.taken / two.taken).toFixed(2)} × by the clock`,
);
// Shares of the clock, whatever else the machine does meanwhile: the rest is the queue, the merge, and waiting at the end.
console.log(
  `workers compute ${percent(one.busy)} of the time when there is one, ${percent(two.busy)} when there are two: ${((2 * two.busy) / one.busy).toFixed(2)} × on idle cores`,
);

// The same small work in many tasks and in few: what a task costs, free of the noise of long runs.
const small = { paths: 65_536, batches: 1024 };
const many = await withWorkers(1, 1e-6, small);
const few = await withWorkers(1, 1000, small);
const each = (1000 * (many.taken - few.taken)) / (small.batches - 2);
console.log(`each task costs ${each.toFixed(2)} ms: ${((100 * each) / 2000).toFixed(2)} % of 2 s`);

let request;
await seconds({
  estimate: async (asked) => {
    request = asked;
    return null;
  },
}).catch(() => undefined);
const simulation = simulationOf(request);
const columns = (TRADES + 2) * request.parts[0].derivatives.length;
const answer = answerOf({
  means: [new Float64Array(columns).fill(Math.PI)],
  pilots: undefined,
  milliseconds: 1,
});
console.log(
  `bytes: inputs of the simulation ${simulation.text.length}, packed ${pack(simulation.text).length}; answer per batch ${answer.means.length}`,
);
