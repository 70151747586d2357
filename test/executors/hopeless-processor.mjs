import { exit } from "node:process";

// A task that takes its thread down, whoever runs it.
export default async function () {
  exit(7);
}
