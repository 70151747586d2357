import type { Queue, QueueEvents, Worker } from "bullmq";

/** A queue that cannot be used, told in words: its address, its packages, its server. */
export class QueueUnavailable extends Error {}

/** Where tasks wait for workers. BullMQ speaks to both kinds; what differs between them is all in this file. */
export interface Broker {
  /** The address without its credentials. */
  readonly where: string;
  queue(name: string): Queue;
  events(name: string): QueueEvents;
  /** A worker that runs `processor`, a file, on threads that are given `workerData`. */
  worker(
    name: string,
    processor: URL,
    options: { readonly threads: number; readonly workerData: unknown },
  ): Worker;
}

const KINDS = {
  "redis:": "redis",
  "rediss:": "redis",
  "postgres:": "postgres",
  "postgresql:": "postgres",
} as const;

/** Packages of a kind, beside bullmq: users install what they need. */
const DRIVER = { redis: "ioredis", postgres: "pg" } as const;

/** How long a server may take to answer at first. */
const CONNECT_MS = 10_000;
/** A worker that is killed loses its lock after this, and its task is given to another. */
const LOCK_MS = 5000;
const STALLED_MS = 2000;
/** How long a worker waits before it asks again a server that failed. */
const RETRY_MS = 1000;
/** A task whose workers die this often kills them. */
const MOST_STALLS = 5;
/** Answers are read from their jobs: events only wake, and a long stream of them would hold every answer twice. */
const MOST_EVENTS = 100;

/** The address of a queue as it may be shown: no name, no password, no parameters. */
export function publicAddress(url: string): string {
  if (!URL.canParse(url)) return "the queue";
  const { protocol, host, pathname } = new URL(url);
  // A password with a slash that is not encoded ends in the path.
  if (pathname.includes("@")) return "the queue";
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

/** Hides the credentials of queue addresses in words of a command line and in messages. */
export function withoutCredentials(text: string): string {
  return text.replace(/(?:rediss?|postgres(?:ql)?):\/\/(?:.*@|[^\s:?]*[:?])\S*/gs, publicAddress);
}

/** Whether drivers will find name and password where they belong. */
function isEncoded(url: string): boolean {
  const { username, password, pathname } = new URL(url);
  try {
    decodeURIComponent(username + password);
    return !pathname.includes("@");
  } catch {
    return false;
  }
}

/** Finds the packages and the server. Throws QueueUnavailable with what is missing. */
export async function openBroker(url: string): Promise<Broker> {
  const kind = URL.canParse(url) ? KINDS[new URL(url).protocol as keyof typeof KINDS] : undefined;
  if (kind === undefined || !isEncoded(url))
    throw new QueueUnavailable(
      "a queue must be redis://host:6379 or postgres://host:5432/database, name and password percent-encoded",
    );
  const { bullmq, driver } = await packagesOf(kind);
  const where = publicAddress(url);
  const { connection, backend } =
    kind === "redis"
      ? { connection: { url, maxRetriesPerRequest: null }, backend: undefined }
      : postgresOf(url, bullmq, steady(driver));
  const broker: Broker = {
    where,
    queue: (name) =>
      new bullmq.Queue(name, { connection, streams: { events: { maxLen: MOST_EVENTS } } } as never, backend),
    events: (name) => new bullmq.QueueEvents(name, { connection } as never, backend),
    worker: (name, processor, { threads, workerData }) =>
      new bullmq.Worker(
        name,
        processor,
        {
          connection,
          concurrency: threads,
          useWorkerThreads: true,
          workerThreadsOptions: { workerData },
          lockDuration: LOCK_MS,
          stalledInterval: STALLED_MS,
          maxStalledCount: MOST_STALLS,
          runRetryDelay: RETRY_MS,
        } as never,
        backend,
      ),
  };
  await reach(broker);
  return broker;
}

/** A client of PostgreSQL, as far as it matters here. */
interface Client {
  on(event: "error", hear: () => void): unknown;
  removeAllListeners(...events: readonly string[]): unknown;
}

interface Driver {
  readonly Client: new (config: unknown) => Client;
}

/**
 * A client that is taken from its pool and has no query under way has nobody who hears of its errors, nor has one that has just
 * connected, or is being closed: a server that is killed at that moment would end the program. Nothing is lost by not listening: the
 * next query on it fails.
 */
function steady({ Client }: Driver): Driver["Client"] {
  const ignore = () => undefined;
  return class extends Client {
    constructor(config: unknown) {
      super(config);
      this.on("error", ignore);
    }
    override removeAllListeners(...events: readonly string[]) {
      super.removeAllListeners(...events);
      this.on("error", ignore);
      return this;
    }
  };
}

/** All clients are of that class: those of the pool by its configuration; that which listens stands outside, and comes from the driver. */
function postgresOf(
  url: string,
  { createPostgresBackend }: { readonly createPostgresBackend: (...args: never[]) => unknown },
  Client: Driver["Client"],
) {
  const backend = (...args: never[]) => {
    const made = createPostgresBackend(...args);
    const { connection } = made as { readonly connection?: { pgModule?: object } };
    if (connection?.pgModule !== undefined)
      connection.pgModule = Object.create(connection.pgModule, { Client: { value: Client } });
    return made;
  };
  return {
    connection: { connectionString: url, migrate: true, connectionTimeoutMillis: CONNECT_MS, Client },
    backend: backend as never,
  };
}

async function packagesOf(kind: "redis" | "postgres") {
  try {
    const { default: driver } = (await import(DRIVER[kind])) as { readonly default: Driver };
    return { driver, bullmq: await import("bullmq") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new QueueUnavailable(
      `a queue on ${kind} needs packages that are not installed: npm install bullmq ${DRIVER[kind]}`,
    );
  }
}

async function reach(broker: Broker): Promise<void> {
  const probe = broker.queue("grecian");
  let reason = `no answer in ${CONNECT_MS / 1000} s`;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error & { code?: string }) => reject(error);
      probe.on("error", refuse);
      timer = setTimeout(() => reject(new Error(reason)), CONNECT_MS);
      probe.waitUntilReady().then(() => resolve(), refuse);
    });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    reason = message || code || reason;
    throw new QueueUnavailable(`${broker.where} cannot be used: ${reason}`);
  } finally {
    clearTimeout(timer);
    probe.removeAllListeners("error");
    probe.on("error", () => undefined);
    await probe.close().catch(() => undefined);
  }
}
