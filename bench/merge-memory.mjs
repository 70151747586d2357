// Peak memory of a merge of shards, in MB: node bench/merge-memory.mjs TRADES [BATCHES]; run after `npm run build`. Each 8192 trades
// are a window, and here a simulation. With --max-old-space-size=100 garbage that nobody needs does not count.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../dist/cli/main.js";

const [trades, batches = "128"] = process.argv.slice(2);
const root = new URL("../", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "grecian-merge-"));
const at = (name) => join(folder, name);

const rows = Array.from(
  { length: Number(trades) },
  (_, i) => `T${i},ACME,vanilla,1,${0.5 + Math.floor(i / 8192) / 100},call,${180 + (i % 100)}`,
);
writeFileSync(
  at("book.csv"),
  ["trade_id,underlying,product,quantity,expiry,right,strike", ...rows].join("\n"),
);
mkdirSync(at("parts"));

function grecian(...argv) {
  const { status } = spawnSync(
    process.execPath,
    [join(root, "dist/program/grecian.js"), ...argv, "--quiet"],
    {
      stdio: "inherit",
    },
  );
  if (status !== 0) throw new Error(`grecian ${argv[0]} ended with ${status}`);
}
const market = ["--market", join(root, "data/market.json"), "--estimator", "likelihood-ratio"];
grecian(
  ...["plan", at("book.csv"), ...market, "--paths", "1024", "--batches", batches],
  ...["--shards", "2", "--out", at("plan.json")],
);
for (const shard of ["0", "1"])
  grecian("run", at("plan.json"), "--shard", shard, "--out", at(`parts/${shard}.json`));

const io = {
  stdout() {},
  stderr: console.error,
  cwd: folder,
  isTerminal: false,
  onInterrupt: () => () => {},
};
const code = await main(["merge", at("plan.json"), at("parts"), "--out", at("reports"), "--quiet"], io);
if (code !== 0) throw new Error(`grecian merge ended with ${code}`);
console.log((process.resourceUsage().maxRSS / 1024).toFixed(0));
rmSync(folder, { recursive: true });
