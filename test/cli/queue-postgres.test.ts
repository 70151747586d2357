import { postgres } from "../executors/servers.js";
import { queueCases } from "./queue-cases.js";

queueCases(postgres);
