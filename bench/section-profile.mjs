// Where the time of a book of 1,000 Heston digitals goes: shares of a sampling profile.
import { Session } from "node:inspector/promises";
import { loadKernel } from "../dist/kernel/kernel.js";
import { bookOf, digitals, marketOf, models, value } from "./workloads.mjs";

const SHOWN = 10;

export const title = "Where the time of 1,000 Heston trades goes";

export async function* lines({ quick }) {
  const market = marketOf(models.heston());
  const book = await bookOf(digitals(1000), market);
  const options = { greeks: "first", estimator: "likelihood-ratio" };
  await value(book, market, { ...options, paths: 4096 });
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 500 });
  await session.post("Profiler.start");
  await value(book, market, { ...options, paths: quick ? 16_384 : 65_536 });
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();

  const shares = sharesOf(profile, await kernelNames());
  for (const [name, percent] of shares.slice(0, SHOWN)) {
    yield {
      name,
      ratio: percent,
      better: "lower",
      isRatio: false,
      definition:
        "percent of the samples; a kernel function with what it calls, one of TypeScript without; all first-order Greeks and gamma, likelihood ratio",
      detail: "",
    };
  }
}

/** An exported function of WebAssembly carries its index as its name. */
async function kernelNames() {
  const { exports } = await loadKernel();
  const functions = Object.entries(exports).filter(([, value]) => typeof value === "function");
  return new Map(functions.map(([name, { name: index }]) => [`wasm-function[${index}]`, `kernel ${name}`]));
}

function sharesOf({ nodes, samples, timeDeltas }, names) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const nameOf = ({ functionName, url }) => {
    const plain = names.get(functionName) ?? functionName;
    return url === "" || url.startsWith("wasm")
      ? plain
      : `${plain || "(anonymous)"}, ${url.split("/").pop()}`;
  };
  const ownerOf = (id) => {
    const { callFrame } = byId.get(id);
    const isInner = callFrame.functionName.startsWith("wasm-function") && !names.has(callFrame.functionName);
    return isInner && parents.has(id) ? ownerOf(parents.get(id)) : nameOf(callFrame);
  };
  const seconds = new Map();
  for (const [i, id] of samples.entries()) {
    const owner = ownerOf(id);
    seconds.set(owner, (seconds.get(owner) ?? 0) + timeDeltas[i]);
  }
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return [...seconds].map(([name, time]) => [name, (100 * time) / total]).sort((a, b) => b[1] - a[1]);
}
