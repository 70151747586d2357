import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A server of a test's own: on loopback, on a free port, in a folder that goes with it, for those who know its password, secret. */
export interface Server {
  readonly url: string;
  /** SIGKILL: what it had not written is lost. */
  kill(): Promise<void>;
  /** On the same port, with what is left on disk. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerKind {
  readonly name: string;
  /** Why there is none on this machine; null when there is. */
  readonly missing: string | null;
  start(): Promise<Server>;
}

const READY_MS = 20_000;

export const redis: ServerKind = {
  name: "Redis",
  missing: isThere("redis-server") ? null : "redis-server is not installed",
  async start() {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "grecian-redis-"));
    const options = {
      port: `${port}`,
      bind: "127.0.0.1",
      dir: folder,
      save: "",
      requirepass: "secret",
      appendonly: "yes",
      "maxmemory-policy": "noeviction",
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    return serve({
      folder,
      url: `redis://default:secret@127.0.0.1:${port}`,
      open: () => spawn("redis-server", args, { stdio: "ignore" }),
      isReady: () => isOpen(port),
    });
  },
};

const postgresFolder = newestPostgres();

export const postgres: ServerKind = {
  name: "PostgreSQL",
  missing: missingPostgres(),
  async start() {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "grecian-postgres-"));
    const user = postgresUser();
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const data = join(folder, "data");
    const password = join(folder, "password");
    writeFileSync(password, "secret\n");
    const options = { ...user, cwd: folder, stdio: "ignore" as const };
    execFileSync(
      join(postgresFolder!, "initdb"),
      ["-D", data, "-U", "grecian", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--no-sync"],
      options,
    );
    const args = ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", folder];
    return serve({
      folder,
      url: `postgres://grecian:secret@127.0.0.1:${port}/postgres`,
      open: () => spawn(join(postgresFolder!, "postgres"), args, options),
      // It opens its port before it takes commands.
      isReady: async () =>
        spawnSync(join(postgresFolder!, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", `${port}`]).status ===
        0,
    });
  },
};

/** What differs between the kinds: how to start one, and how it says that it takes commands. */
interface Program {
  readonly folder: string;
  readonly url: string;
  open(): ChildProcess;
  isReady(): Promise<boolean>;
}

async function serve({ folder, url, open, isReady }: Program): Promise<Server> {
  let child: ChildProcess;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const start = async () => {
    child = open();
    for (const from = Date.now(); !(await isReady()); await pause(50)) {
      if (Date.now() - from > READY_MS) throw new Error(`${url} did not come up in ${READY_MS / 1000} s`);
      // For a moment, what a killed PostgreSQL leaves behind keeps a new one out.
      if (hasEnded()) child = open();
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded()) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  const atExit = () => void child.kill("SIGKILL");
  process.once("exit", atExit);
  await start();
  return {
    url,
    kill: () => end("SIGKILL"),
    restart: start,
    async stop() {
      // SIGINT is PostgreSQL's fast shutdown, which does not wait for its clients.
      await end("SIGINT");
      process.off("exit", atExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function isThere(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Debian keeps the server's programs out of the way, by version. */
function newestPostgres(): string | undefined {
  try {
    const [version] = readdirSync("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a));
    const folder = `/usr/lib/postgresql/${version}/bin`;
    return version !== undefined && isThere(join(folder, "initdb")) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function missingPostgres(): string | null {
  if (postgresFolder === undefined) return "postgresql is not installed";
  if (process.getuid?.() === 0 && postgresUser() === undefined)
    return "PostgreSQL does not run as root, and there is no user postgres";
  return null;
}

/** PostgreSQL refuses to run as root. */
function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => spawnSync("id", [flag, "postgres"], { encoding: "utf8" });
  const [uid, gid] = [id("-u"), id("-g")];
  return uid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}
