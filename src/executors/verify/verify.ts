import type { Executor } from "../../analysis/executor.js";
import type { Sampler } from "../../analysis/options.js";
import { closedForms } from "./closed-forms.js";
import { coverage } from "./coverage.js";
import { estimatorAgreement } from "./estimator-agreement.js";
import { pricingEquation } from "./pricing-equation.js";
import { publishedTables } from "./published-tables.js";
import type { Check, SectionDefinition, SectionName } from "./section.js";

const SECTIONS: readonly SectionDefinition[] = [
  closedForms,
  publishedTables,
  coverage,
  estimatorAgreement,
  pricingEquation,
];

export const VERIFY_SECTIONS: readonly SectionName[] = SECTIONS.map(({ name }) => name);

export interface VerifyOptions {
  /** Default: all. */
  readonly sections?: readonly SectionName[];
  /** Paths of the largest simulations. Default 262,144. */
  readonly paths?: number;
  /** How many seeds the coverage of intervals is counted over. Default 100. */
  readonly seeds?: number;
  readonly seed?: string;
  readonly sampler?: Sampler;
  readonly executor?: Executor | undefined;
  /** Called as each begins. */
  readonly onSection?: (section: {
    readonly title: string;
    readonly number: number;
    readonly of: number;
  }) => void;
  /** When aborted, what is finished is kept. */
  readonly signal?: { readonly aborted: boolean };
}

/** One kind of evidence: what was compared with what, and every number. */
export interface VerificationSection extends Pick<SectionDefinition, "name" | "title" | "criterion"> {
  readonly checks: readonly Check[];
  /** All of its numbers passed, and there are some. */
  readonly passed: boolean;
}

export interface Verification {
  readonly sections: readonly VerificationSection[];
  /** Every section passed, and none was cut short. */
  readonly passed: boolean;
  readonly settings: {
    readonly paths: number;
    readonly seeds: number;
    readonly seed: string;
    readonly sampler: Sampler;
  };
}

/** The program against what it should give: what a model validator would file, run on the machine at hand. */
export async function verify(options: VerifyOptions = {}): Promise<Verification> {
  const { paths = 262_144, seeds = 100, seed = "verify", sampler = "sobol", signal, executor } = options;
  const settings = { paths, seeds, seed, sampler };
  const aborted = () => signal?.aborted ?? false;
  const wanted = SECTIONS.filter(({ name }) => options.sections?.includes(name) ?? true);
  const sections: VerificationSection[] = [];
  for (const [s, { name, title, criterion, run }] of wanted.entries()) {
    if (aborted()) break;
    options.onSection?.({ title, number: s + 1, of: wanted.length });
    const checks = await run({ ...settings, executor, aborted });
    const passed = checks.length > 0 && checks.every((check) => check.passed);
    sections.push({ name, title, criterion, checks, passed });
  }
  return { sections, passed: !aborted() && sections.every(({ passed }) => passed), settings };
}
