import { describe, expect, test } from "vitest";
import type { Part } from "../../src/analysis/executor.js";
import { openInlineExecutor } from "../../src/executors/inline.js";
import type { ThreadPool } from "../../src/executors/threads.js";
import { VERIFY_SECTIONS } from "../../src/index.js";
import { run } from "./run.js";

interface Section {
  readonly name: string;
  readonly passed: boolean;
  readonly checks: readonly Readonly<Record<string, number & string & boolean>>[];
}

const sectionsOf = (stdout: string) =>
  (JSON.parse(stdout) as { readonly sections: readonly Section[] }).sections;

/** A program that is wrong: its estimates times a factor. */
function bent(factor: (part: Part, derivative: readonly string[]) => number) {
  const inline = openInlineExecutor();
  const pool: ThreadPool = {
    async estimate(request, control) {
      const result = await inline.estimate(request, control);
      if (result === null) return null;
      return result.map(({ estimates, ...rest }, i) => {
        const part = request.parts[i]!;
        const { scoreZ } = estimates;
        return {
          ...rest,
          estimates: {
            scoreZ,
            cost: (t) => estimates.cost(t),
            of: (t, g) => {
              const wrong = factor(part, part.derivatives[g]!);
              return estimates.of(t, g).map((value) => wrong * value);
            },
          },
        };
      });
    },
    close: async () => undefined,
  };
  return { most: 2, open: async () => pool };
}

describe("grecian verify", () => {
  test("sets numbers against what they have to be, section by section, and passes", async () => {
    const argv = ["verify", "--paths", "8192", "--seeds", "10", "--json"];
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const sections = sectionsOf(stdout);
    expect(sections.map(({ name }) => name)).toEqual(VERIFY_SECTIONS);
    const counts = Object.fromEntries(sections.map(({ name, checks }) => [name, checks.length]));
    expect(counts).toMatchObject({ "published-tables": 84, coverage: 18, "pricing-equation": 11 });
    expect(counts["closed-forms"]).toBeGreaterThan(1200);
    expect(counts["estimator-agreement"]).toBeGreaterThan(100);
    expect(new Set(sections[0]!.checks.map(({ model }) => model)).size).toBe(10);
    for (const { checks } of sections) {
      for (const check of checks) {
        const { value, low, high, passed } = check;
        expect(passed, JSON.stringify(check)).toBe(true);
        expect(low! <= value! && value! <= high!, JSON.stringify(check)).toBe(true);
      }
    }
  });

  test.each([
    ["closed-forms", () => 1.02],
    ["published-tables", () => 1.02],
    ["coverage", () => 1.02],
    ["estimator-agreement", ({ estimator }: Part) => (estimator === "pathwise" ? 1.1 : 1)],
    ["pricing-equation", (_: Part, derivative: readonly string[]) => 1 + 0.1 * derivative.length],
  ] as const)("fails in %s when the program is wrong, with exit code 1", async (section, factor) => {
    const argv = ["verify", "--sections", section, "--paths", "8192", "--seeds", "10", "--json"];
    const { code, stdout } = await run(argv, { threads: bent(factor) });
    expect(code).toBe(1);
    const [only, ...others] = sectionsOf(stdout);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ name: section, passed: false });
    const failed = only!.checks.filter(({ passed }) => !passed);
    expect(failed.length).toBeGreaterThan(0);
    for (const { value, low, high } of failed) expect(value! < low! || value! > high!).toBe(true);
  });

  const few = ["verify", "--sections", "pricing-equation,coverage", "--paths", "4096", "--seeds", "2"];

  test("prints a document in Markdown: verdict, machine, versions, seed, and a table per section", async () => {
    const { stdout } = await run([...few, "--seed", "my | seed"]);
    expect(stdout).toMatch(
      /^# Verification\n\n\*\*Passed: 29 numbers, none outside what they have to be\.\*\*/,
    );
    expect(stdout).toMatch(/\| program +\| grecian \d+\.\d+\.\d+ +\|/);
    expect(stdout).toMatch(/\| runtime +\| Node v\d+/);
    expect(stdout).toMatch(/\| machine +\| .*\d+ cores/);
    expect(stdout).toMatch(/\| seed +\| my \\\| seed +\|/);
    expect(stdout).toMatch(/\| command +\| grecian verify --sections pricing-equation,coverage /);
    expect(stdout).toMatch(
      /\n## Coverage of the 95 % intervals: passed\n[\s\S]*\n## Pricing equation: passed\n/,
    );
    const header = stdout.split("\n").find((line) => line.startsWith("| model"));
    expect(header).toMatch(/value ± std\. error \| +expected \| +z \| +must lie in \| verdict/);
  });

  test("writes the document to --out, and prints the verdict and what failed", async () => {
    const passed = await run([...few, "--out", "filed/verify.md"]);
    expect(passed.read("filed/verify.md")).toMatch(/^# Verification/);
    expect(passed.stdout).toMatch(
      /^section +numbers +failed +worst z +verdict\n[\s\S]*\nPassed: 29 numbers.*\n\nwrote filed\/verify\.md\n$/,
    );
    const failed = await run([...few, "--out", "verify.md"], {
      threads: bent((_, derivative) => 1 + derivative.length),
    });
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/\nPricing equation: flat 20 %, .*, must lie in .* … .*, expected 0\n/);
    expect(failed.stdout).toMatch(/\nFAILED: \d+ of 29 numbers outside what they have to be\.\n/);
    expect(failed.read("verify.md")).toMatch(/\n## Pricing equation: FAILED\n/);
  });

  test("stops when asked to, keeps what is finished, and does not call that passed", async () => {
    const { code, stdout } = await run(["verify", "--json"], { interrupt: true });
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ passed: false });
  });

  test.each([
    [
      ["--sections", "closed-form"],
      "--sections must be one of closed-forms, published-tables, coverage, estimator-agreement, pricing-equation in this version, got closed-form; did you mean closed-forms?",
    ],
    [["--paths", "100"], "--paths must be a whole number >= 1024, got 100"],
    [["--seeds", "none"], "--seeds must be a whole number >= 1, got none"],
  ])("refuses %j", async (options, message) => {
    const { code, stderr } = await run(["verify", ...options]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `grecian: ${message}\n` });
  });
});
