import { expect, test } from "vitest";
import { run } from "./run.js";

test("grecian verify sets every model's Greeks against closed forms, and prints the evidence", async () => {
  const { code, stdout, stderr } = await run(["verify", "--paths", "16384", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const rows = JSON.parse(stdout) as Record<string, number & string & boolean>[];
  expect(new Set(rows.map(({ model }) => model)).size).toBe(10);
  expect(rows.length).toBeGreaterThan(1200);
  for (const row of rows) {
    expect(row.passed, JSON.stringify(row)).toBe(true);
    const bias = (row.allowed_percent! / 100) * Math.abs(row.exact!);
    expect(Math.abs(row.value! - row.exact!)).toBeLessThanOrEqual(
      (5 * row.std_error! + bias) * (1 + 1e-9) + 1e-7,
    );
  }
  const { stdout: table } = await run(["verify", "--paths", "2048"]);
  expect(table).toMatch(
    /^model +payoff +greek +estimator +value ± std\. error +exact +z +off % +bias allowed % +verdict/,
  );
  expect(table).toMatch(
    /\d+ numbers against closed forms: \d+ outside five standard errors and the allowed bias; worst z/,
  );
});
