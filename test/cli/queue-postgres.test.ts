import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { openBroker } from "../../src/executors/queue-broker.js";
import { postgres } from "../executors/servers.js";
import { queueCases } from "./queue-cases.js";

queueCases(postgres);

interface Client {
  query(text: string): Promise<unknown>;
  release(destroy: boolean): void;
  removeAllListeners(): void;
}

// Between two queries; nobody but the client itself hears of it, and what nobody hears of ends the process, and this file with it.
test.skipIf(postgres.missing !== null)(
  "a PostgreSQL that is killed while a client has no query under way ends no program",
  async () => {
    const server = await postgres.start();
    const queue = (await openBroker(server.url)).queue("idle").on("error", () => undefined);
    await queue.waitUntilReady();
    const { backend } = queue as unknown as {
      readonly backend: {
        readonly connection: {
          readonly pool: { connect(): Promise<Client> };
          getListenClient(): Promise<Client>;
        };
      };
    };
    const client = await backend.connection.pool.connect();
    const listening = await backend.connection.getListenClient();
    // As it is between connecting and listening, and while it is closed.
    listening.removeAllListeners();
    await server.kill();
    await pause(200);
    for (const own of [client, listening]) await expect(own.query("SELECT 1")).rejects.toThrow();
    client.release(true);
    await queue.close();
    await server.stop();
  },
);
