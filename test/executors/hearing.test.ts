import { expect, test } from "vitest";
import { openHearing } from "../../src/executors/hearing.js";

const pilot = { kind: "pilot", run: 1, pilots: [] } as const;

test("a worker's answers go to who listens, and to nobody else", () => {
  const { answer, listen } = openHearing();
  const heard: string[] = [];
  const hearer = (name: string) => ({
    answer: () => heard.push(name),
    died: () => heard.push(`${name} died`),
  });
  answer(pilot);
  const unlisten = listen(hearer("first"));
  answer(pilot);
  unlisten();
  answer(pilot);
  listen(hearer("second"));
  unlisten();
  answer(pilot);
  expect(heard).toEqual(["first", "second"]);
});

test("that it died is told at once, and to whoever listens later", async () => {
  const { died, listen } = openHearing();
  const reasons: string[] = [];
  const hearer = { answer() {}, died: (reason: string) => void reasons.push(reason) };
  const unlisten = listen(hearer);
  died("it ran out of memory");
  expect(reasons).toEqual(["it ran out of memory"]);
  unlisten();
  died("it ended with code 1");
  listen(hearer);
  expect(reasons).toHaveLength(1);
  await Promise.resolve();
  expect(reasons).toEqual(["it ran out of memory", "it ran out of memory"]);
});
