import { estimatesOf, payoffOf, type Setting, type VerifiedPayoff } from "./estimates.js";
import { type Check, check, type Effort, type SectionDefinition } from "./section.js";

// M. Broadie and P. Glasserman, "Estimating security price derivatives using simulation", Management Science 42 (1996), tables
// 1 and 2: r = .1, K = 100, dividend yield .03, volatility .25, T = .2, 10,000 trials.

const SPOTS = [90, 100, 110];
const EXPIRY = 0.2;
const TRIALS = 10_000;
/** So many tell a standard error to 1/√(2 · 1023), 2 %. */
const BATCHES = 1024;
const ERROR_OF_ERROR = 1 / Math.sqrt(2 * (BATCHES - 1));
/** The paper's standard errors are estimates from 10,000 terms with heavy tails. */
const ERROR_IN_PRINT = 0.2;

/** Per Greek, at each of the spots: the exact figure, and the paper's standard error of the likelihood ratio, as printed. */
type Table = Readonly<Record<string, readonly (readonly [exact: string, printedError: string | null])[]>>;

const EUROPEAN: Table = {
  delta: [
    ["0.22191789", "0.008"],
    ["0.56844299", "0.013"],
    ["0.84425802", "0.017"],
  ],
  vega: [
    ["11.946044", "0.672"],
    ["17.445997", "1.086"],
    ["11.434747", "1.543"],
  ],
  gamma: [
    ["0.029496405", "0.002"],
    ["0.034891993", "0.002"],
    ["0.018900408", "0.003"],
  ],
  rho: [
    ["3.7505646", "0.134"],
    ["10.34368", "0.241"],
    ["16.108254", "0.361"],
  ],
  theta: [
    ["-8.7423816", "0.463"],
    ["-14.370259", "0.754"],
    ["-12.414792", "1.074"],
  ],
};
const ASIAN: Table = {
  price: [
    ["0.770208", null],
    ["4.342383", null],
    ["11.67986", null],
  ],
  delta: [
    ["0.173264", "0.007"],
    ["0.560501", "0.013"],
    ["0.869445", "0.019"],
  ],
  vega: [
    ["8.80602", "0.962"],
    ["14.93887", "2.516"],
    ["8.48778", "4.812"],
  ],
  gamma: [
    ["0.029611", "0.002"],
    ["0.040750", "0.004"],
    ["0.019160", "0.004"],
  ],
  rho: [
    ["2.35050", null],
    ["8.12577", null],
    ["13.00288", null],
  ],
};
/** The last 30 daily closes. */
const CLOSES = Array.from({ length: 30 }, (_, i) => EXPIRY - (29 - i) / 365.25);

const OPTIONS: readonly (readonly [VerifiedPayoff, Table])[] = [
  [payoffOf("European call 100", "vanilla", { right: "call", strike: 100 }, EXPIRY), EUROPEAN],
  [
    payoffOf(
      "Asian call 100, last 30 closes",
      "asian",
      {
        ...{ right: "call", strike: 100, average: "arithmetic", strike_type: "fixed" },
        observations: CLOSES,
      },
      EXPIRY,
    ),
    ASIAN,
  ],
];

/** The tables of the paper that likelihood-ratio Greeks come from. */
export const publishedTables: SectionDefinition = {
  name: "published-tables",
  title: "Published tables",
  criterion:
    "Broadie and Glasserman, Management Science 42 (1996), tables 1 and 2 (r = 10 %, dividend yield 3 %, volatility 25 %, T = 0.2, strike 100). The default estimator, with 10,000 paths, against the exact figures: within five standard errors and the rounding of the figure. The raw likelihood ratio, with random numbers as in the paper, likewise; and its standard error, scaled to 10,000 trials, against the paper's: within five times the 2 % it is known to, 20 % for what the paper's owes to rare large terms, and the rounding of its three decimals.",
  async run(effort) {
    const checks: Check[] = [];
    for (const [option, table] of OPTIONS) {
      for (const [s, spot] of SPOTS.entries()) {
        if (effort.aborted()) return checks;
        checks.push(...(await compare(option, { table, s, spot }, effort)));
      }
    }
    return checks;
  },
};

async function compare(
  option: VerifiedPayoff,
  { table, s, spot }: { readonly table: Table; readonly s: number; readonly spot: number },
  effort: Effort,
): Promise<readonly Check[]> {
  const setting: Setting = {
    ...{ name: "flat 25 %", dynamics: "black-scholes", parameters: { volatility: 0.25 } },
    ...{ spot, rate: 0.1, dividendYield: 0.03 },
  };
  const shared = { greeks: Object.keys(table), paths: TRIALS, seed: `${effort.seed} published` };
  const [estimates] = await estimatesOf(setting, [option], shared, effort);
  const [raw] = await estimatesOf(
    setting,
    [option],
    {
      ...{ ...shared, paths: effort.paths, batches: BATCHES },
      ...{ estimator: "likelihood-ratio-raw", sampler: "random" },
    },
    effort,
  );
  return Object.entries(table).flatMap(([greek, cells]) => {
    const [exact, printedError] = cells[s]!;
    const against = (figure: string, rows: typeof estimates) => {
      const { value, standardError, estimator } = rows![greek]!;
      return check({
        labels: { option: option.name, spot: String(spot), greek, figure, estimator },
        ...{ value, standardError, expected: Number(exact), allowed: halfUnit(exact) },
      });
    };
    const checks = [against("exact value", estimates), against("exact value", raw)];
    if (printedError === null) return checks;
    const { standardError, paths, estimator } = raw![greek]!;
    const value = standardError * Math.sqrt(paths / TRIALS);
    const expected = Number(printedError);
    return [
      ...checks,
      check({
        labels: {
          option: option.name,
          spot: String(spot),
          greek,
          figure: "paper's standard error",
          estimator,
        },
        ...{ value, standardError: ERROR_OF_ERROR * value, expected },
        allowed: ERROR_IN_PRINT * expected + halfUnit(printedError),
      }),
    ];
  });
}

/** Half a unit of the last digit printed. */
function halfUnit(figure: string): number {
  return 0.5 * 10 ** -(figure.split(".")[1]?.length ?? 0);
}
