import { workerData } from "node:worker_threads";
import type { Job, Queue } from "bullmq";
import type { EstimateRequest } from "../analysis/executor.js";
import { type Kernel, loadKernel } from "../kernel/kernel.js";
import { openRun, type PartsRun } from "./open-run.js";
import { openBroker } from "./queue-broker.js";
import { type Answer, answerOf, MOST_BYTES, type Task } from "./queue-messages.js";
import { INPUTS, InputsGone, Refused } from "./queue-names.js";
import { mostBatches, simulationFault, taskFault } from "./task-bounds.js";
import { decode, sha256Of, unpack } from "./wire.js";
import { type PortableRequest, unpacked } from "./worker-messages.js";

// One thread of a worker, started by BullMQ's sandbox: a kernel of its own, and the inputs of the simulations it has met last.

const { url, engine } = workerData as { readonly url: string; readonly engine: string };
/** Tasks of several simulations may come in turn. */
const MOST_REMEMBERED = 8;

let kernel: Kernel | undefined;
const requests = new Map<string, EstimateRequest>();
let open: { readonly simulation: string; readonly pieces: PartsRun } | undefined;
let inputs: Queue | undefined;

export default async function process({ data }: { readonly data: unknown }): Promise<Answer> {
  const fault = taskFault(data);
  if (fault !== null) throw new Refused(fault);
  const task = data as Task;
  if (task.engine !== engine) throw new Refused(`it is for grecian ${task.engine}, this worker is ${engine}`);
  const pieces = await piecesOf(task);
  const pilots = task.pilot ? pieces.pilots() : undefined;
  const start = performance.now();
  const means = Array.from({ length: task.count }, (_, i) => pieces.batch(task.first + i));
  return answerOf({ means, pilots, milliseconds: performance.now() - start });
}

async function piecesOf({ simulation, first, count }: Task): Promise<PartsRun> {
  const request = requests.get(simulation) ?? (await fetchRequest(simulation));
  if (first + count > request.batches)
    throw new Refused(`batches must be below ${request.batches}, got ${first + count - 1}`);
  if (count > mostBatches(request))
    throw new Refused(
      `count must be at most ${mostBatches(request)} with so many numbers each, got ${count}`,
    );
  if (open?.simulation !== simulation) {
    kernel ??= await loadKernel();
    open?.pieces.close();
    open = undefined;
    open = { simulation, pieces: openRun(kernel, request) };
  }
  return open.pieces;
}

async function fetchRequest(simulation: string): Promise<EstimateRequest> {
  const text = unpack(await packedInputs(simulation), MOST_BYTES);
  if (sha256Of(text) !== simulation) throw new Refused("the inputs must have the hash they are kept under");
  const data = decode(text);
  const fault = simulationFault(data);
  if (fault !== null) throw new Refused(fault);
  const request = unpacked(data as PortableRequest);
  requests.set(simulation, request);
  if (requests.size > MOST_REMEMBERED) requests.delete(requests.keys().next().value!);
  return request;
}

async function packedInputs(simulation: string): Promise<string> {
  let job: Job | undefined;
  try {
    inputs ??= (await openBroker(url)).queue(INPUTS).on("error", () => undefined);
    job = await inputs.getJob(simulation);
  } catch (error) {
    throw new InputsGone((error as Error).message);
  }
  if (typeof job?.data?.packed !== "string") throw new InputsGone("they are not in the queue");
  return job.data.packed;
}
