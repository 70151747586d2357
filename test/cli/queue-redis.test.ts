import { redis } from "../executors/servers.js";
import { queueCases } from "./queue-cases.js";

queueCases(redis);
