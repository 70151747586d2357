import fc from "fast-check";
import { expect, test } from "vitest";
import { describeFailure } from "../../src/numerics/failure.js";
import type { Chunks } from "../../src/portfolio/csv-records.js";
import { type PortfolioOptions, readPortfolio } from "../../src/portfolio/read-portfolio.js";
import type { Trade } from "../../src/portfolio/trade.js";
import { products } from "./products.js";

const settings: PortfolioOptions = {
  file: "book.csv",
  valuationDate: "2026-11-23",
  products,
  underlyings: new Set(["SPX", "ACME"]),
};

async function read(chunks: Chunks, options: Partial<PortfolioOptions> = {}) {
  const trades: Trade[] = [];
  /** As a user sees them, with the reason in front and the trade behind. */
  const faults: string[] = [];
  for await (const item of readPortfolio(chunks, { ...settings, ...options })) {
    if (item.kind === "trade") trades.push(item.trade);
    else {
      const { failure } = item;
      faults.push(`${failure.reason}: ${describeFailure(failure)} [${failure.tradeId ?? ""}]`);
    }
  }
  return { trades, faults };
}

const header =
  "trade_id,book,underlying,product,quantity,expiry,right,strike,cash,lower,upper,observations,payoff,trader";
const columns = header.split(",");

/** A row of cells by column; it is a good vanilla but for the changes. */
function row(changes: Readonly<Record<string, string>> = {}): string {
  const cells: Record<string, string> = {
    trade_id: "T1",
    underlying: "ACME",
    product: "vanilla",
    quantity: "10",
    expiry: "0.5",
    right: "call",
    strike: "100",
    ...changes,
  };
  return columns.map((column) => `"${(cells[column] ?? "").replaceAll('"', '""')}"`).join(",");
}

const file = (...rows: string[]) => `${[header, ...rows].join("\n")}\n`;
const faultsOf = async (changes: Readonly<Record<string, string>>) => (await read(file(row(changes)))).faults;

const asian = { product: "asian", observations: "4" };
const custom = { product: "custom", right: "", strike: "", payoff: "max(S(T) - 100, 0)" };
const range = { product: "range-digital", right: "", strike: "", lower: "90", upper: "110" };

test("a good row becomes a trade with its book, tags, place and exact quantity", async () => {
  const { trades, faults } = await read(file(row({ book: "desk 1", quantity: "-1500.250", trader: "Zoë" })));
  expect(faults).toEqual([]);
  expect(trades).toMatchObject([
    {
      id: "T1",
      book: "desk 1",
      underlying: "ACME",
      product: "vanilla",
      quantity: "-1500.250",
      payoff: { dates: [0.5] },
      tags: { trader: "Zoë" },
      where: { file: "book.csv", line: 2 },
    },
  ]);
});

test("an expiry date is counted in days over 365 from the valuation date", async () => {
  const { trades } = await read(
    file(row({ expiry: "2027-11-23" }), row({ trade_id: "T2", expiry: "2026-11-24" })),
  );
  expect(trades.map((trade) => trade.payoff.dates)).toEqual([[1], [1 / 365]]);
});

test("observations are a count, dates or years, and a count ends at expiry exactly", async () => {
  const rows = [
    row({ ...asian, observations: "2" }),
    row({ ...asian, trade_id: "T2", observations: "0.25; 0.5" }),
    row({ ...asian, trade_id: "T3", expiry: "2027-11-23", observations: "2026-11-24;2027-11-23" }),
    row({ ...asian, trade_id: "T4", expiry: "0.1", observations: "3" }),
  ];
  const { trades, faults } = await read(file(...rows));
  expect(faults).toEqual([]);
  expect(trades.slice(0, 3).map((trade) => trade.payoff.dates)).toEqual([
    [0.25, 0.5],
    [0.25, 0.5],
    [1 / 365, 1],
  ]);
  expect(trades[3]?.payoff.dates.at(-1)).toBe(0.1);
});

test("a term with a default may be left empty", async () => {
  const { trades, faults } = await read(file(row({ product: "digital" })));
  expect(faults).toEqual([]);
  const amount = trades[0]?.payoff.amount as () => unknown;
  expect(amount()).toEqual({ right: "call", strike: 100, cash: 1 });
});

test.each<[Record<string, string>, string]>([
  [{ trade_id: "" }, "missing-data: book.csv line 2, column trade_id: trade_id must be given []"],
  [{ underlying: "" }, "missing-data: book.csv line 2, column underlying: underlying must be given [T1]"],
  [{ product: " " }, "missing-data: book.csv line 2, column product: product must be given [T1]"],
  [{ quantity: "" }, "missing-data: book.csv line 2, column quantity: quantity must be given [T1]"],
  [{ expiry: "" }, "missing-data: book.csv line 2, column expiry: expiry must be given [T1]"],
  [
    { strike: "" },
    "missing-data: book.csv line 2, column strike: strike must be given for vanilla: level paid against [T1]",
  ],
  [
    { product: "vanila" },
    'invalid: book.csv line 2, column product: product "vanila" is not known; did you mean "vanilla"? [T1]',
  ],
  [
    { product: "constructor" },
    'invalid: book.csv line 2, column product: product must be one of vanilla, digital, range-digital, asian, custom, got "constructor" [T1]',
  ],
  [
    { underlying: "ACMEE" },
    'invalid: book.csv line 2, column underlying: underlying "ACMEE" is not known; did you mean "ACME"? [T1]',
  ],
  [
    { underlying: "NIKKEI" },
    'invalid: book.csv line 2, column underlying: underlying must be one of SPX, ACME, got "NIKKEI" [T1]',
  ],
  [{ strike: "-5" }, "invalid: book.csv line 2, column strike: strike must be > 0, got -5 [T1]"],
  ...["abc", "NaN", "Infinity", "0x10", "1 000", "1,000", "1e", "."].map(
    (text): [Record<string, string>, string] => [
      { strike: text },
      `parsing: book.csv line 2, column strike: strike must be > 0, written as a decimal number, got "${text}" [T1]`,
    ],
  ),
  [{ strike: "1e999" }, "invalid: book.csv line 2, column strike: strike must be > 0, got Infinity [T1]"],
  ...["ten", "NaN", "0x10", "1e999", "-"].map((text): [Record<string, string>, string] => [
    { quantity: text },
    `parsing: book.csv line 2, column quantity: quantity must be a finite decimal number, got "${text}" [T1]`,
  ]),
  [
    { right: "Call" },
    'invalid: book.csv line 2, column right: right must be call or put, got "Call"; did you mean "call"? [T1]',
  ],
  ...["2026-02-30", "23.11.2027", "2027/11/23", "soon"].map((text): [Record<string, string>, string] => [
    { expiry: text },
    `parsing: book.csv line 2, column expiry: expiry must be an ISO date ("2027-06-30") or years as a decimal number ("0.75"), got "${text}" [T1]`,
  ]),
  ...["2026-11-23", "2020-01-01", "0", "-0.5"].map((text): [Record<string, string>, string] => [
    { expiry: text },
    `invalid: book.csv line 2, column expiry: expiry must be after the valuation date 2026-11-23, got "${text}" [T1]`,
  ]),
  ...["2027", "20270630", "1e-300"].map((text): [Record<string, string>, string] => [
    { expiry: text },
    `invalid: book.csv line 2, column expiry: expiry must be from 0.000001 to 100 years away, got "${text}" [T1]`,
  ]),
  ...["0", "10001"].map((text): [Record<string, string>, string] => [
    { ...asian, observations: text },
    `invalid: book.csv line 2, column observations: the count of observations must be from 1 to 10000, got "${text}" [T1]`,
  ]),
  [
    { ...asian, observations: "continuous" },
    "unsupported: book.csv line 2, column observations: observations must be a count or a list of dates; continuous observation is not offered for this product [T1]",
  ],
  [
    { ...asian, observations: "0.25;0.25" },
    'invalid: book.csv line 2, column observations: observations must be strictly increasing, got "0.25" after an equal or later one [T1]',
  ],
  [
    { ...asian, observations: "0.25;0.75" },
    'invalid: book.csv line 2, column observations: observations must not be after expiry, got "0.75" [T1]',
  ],
  [
    { ...asian, observations: "2026-11-23;2026-12-23" },
    'invalid: book.csv line 2, column observations: observations must be after the valuation date 2026-11-23, got "2026-11-23" [T1]',
  ],
  [
    { ...asian, observations: "0.25;" },
    'parsing: book.csv line 2, column observations: every one of observations must be an ISO date ("2027-06-30") or years as a decimal number ("0.75"), got "" [T1]',
  ],
  [
    { cash: "5" },
    "invalid: book.csv line 2, column cash: vanilla has no term cash: leave the cell empty, or use digital [T1]",
  ],
  [
    { ...range, upper: "80" },
    "invalid: book.csv line 2, column upper: upper must be > lower 90, got 80 [T1]",
  ],
  [
    { ...custom, payoff: ")" },
    'invalid: book.csv line 2, column payoff: payoff must be a formula, got ")" at character 1 [T1]',
  ],
])("one fault is one failure with its column, rule and value: %j", async (changes, fault) => {
  expect(await faultsOf(changes)).toEqual([fault]);
});

test("every fault of a row is found, and the rows around it stand", async () => {
  const bad = {
    trade_id: "T2",
    underlying: "?",
    quantity: "x",
    expiry: "x",
    right: "x",
    strike: "-1",
    upper: "1",
  };
  const { trades, faults } = await read(file(row(), row(bad), row({ trade_id: "T3" })));
  expect(trades.map((trade) => [trade.id, trade.where.line])).toEqual([
    ["T1", 2],
    ["T3", 4],
  ]);
  const where = faults.map((fault) => /line 3, column (\w+)/.exec(fault)?.[1]);
  expect(where).toEqual(["underlying", "quantity", "expiry", "right", "strike", "upper"]);
});

test("observations are checked even when the expiry cannot be read", async () => {
  const faults = await faultsOf({ ...asian, expiry: "x", observations: "2;1" });
  expect(faults.map((fault) => /column (\w+)/.exec(fault)?.[1])).toEqual(["expiry", "observations"]);
});

test("a second use of a trade id names the first line, even when that row was at fault", async () => {
  expect((await read(file(row({ strike: "-1" }), row()))).faults[1]).toBe(
    'invalid: book.csv line 3, column trade_id: trade_id must be unique, got "T1" again, first on line 2 [T1]',
  );
});

test("a trade on an unusable underlying says why it is not usable", async () => {
  const unusable = new Map([["NIKKEI", "market.json line 6, column 15: spot must be > 0, got 0"]]);
  const { faults } = await read(file(row({ underlying: "NIKKEI" })), { unusable });
  expect(faults).toEqual([
    "missing-data: book.csv line 2, column underlying: underlying NIKKEI is not usable: market.json line 6, column 15: spot must be > 0, got 0 [T1]",
  ]);
});

test("a row with too few or too many cells is refused whole", async () => {
  const { trades, faults } = await read(file("T1,desk", row({ trade_id: "T2" }), `${row()},`));
  expect(trades.map((trade) => trade.id)).toEqual(["T2"]);
  expect(faults).toEqual([
    "parsing: book.csv line 2: a row must have 14 cells, as the header, got 2 [T1]",
    "parsing: book.csv line 4: a row must have 14 cells, as the header, got 15 [T1]",
  ]);
});

test("a value under a column without a name is refused, an empty cell there is not", async () => {
  const text = `${header},\n${row()},\n${row({ trade_id: "T2" })},9\n`;
  const { trades, faults } = await read(text);
  expect(trades.map((trade) => trade.id)).toEqual(["T1"]);
  expect(faults).toEqual([
    'parsing: book.csv line 3: cell 15 must be empty, as its column has no name, got "9" [T2]',
  ]);
});

test.each([
  [
    "",
    "missing-data: book.csv: a portfolio must have a header row and at least one trade, got an empty file []",
  ],
  [
    "# nothing\n\n",
    "missing-data: book.csv: a portfolio must have a header row and at least one trade, got an empty file []",
  ],
  [
    `${header}\n`,
    "missing-data: book.csv: a portfolio must have a header row and at least one trade, got only a header []",
  ],
  [
    "trade_id,underlying,product,qantity\n",
    'missing-data: book.csv line 1: the header must have trade_id, underlying, product, quantity, expiry; missing: quantity (is it "qantity"?), expiry []',
  ],
  [
    `${header},strike\n`,
    'invalid: book.csv line 1, column strike: the header must name each column once, got "strike" again []',
  ],
  ["trade_id;book\n", 'parsing: book.csv line 1: cells must be separated by commas, got ";" []'],
  ['trade_id,"book\n', "parsing: book.csv line 1: a quote that opens a column name must be closed []"],
  [
    `${header},${"x".repeat(201)}\n`,
    "parsing: book.csv line 1: a column name must have at most 200 characters, got a longer one []",
  ],
  [
    `${header}${",".repeat(1000)}\n`,
    "parsing: book.csv line 1: a portfolio must have at most 1000 columns, got 1014 []",
  ],
])(
  "a file without a readable header or rows gives one failure and no trades: case %#",
  async (text, fault) => {
    expect(await read(text)).toEqual({ trades: [], faults: [fault] });
  },
);

test("a misspelt optional column is told once, and refuses only the rows it would change", async () => {
  const digital = { product: "digital" };
  const rows = [row(), row({ ...digital, trade_id: "T2" }), row({ ...digital, trade_id: "T3", cash: "5" })];
  const { trades, faults } = await read(file(...rows).replace(",cash,", ",cassh,"));
  expect(trades.map((trade) => trade.id)).toEqual(["T1", "T2"]);
  expect(faults).toEqual([
    'invalid: book.csv line 1, column cassh: "cassh" is not a known column and is carried through as a tag; did you mean "cash"? []',
    'invalid: book.csv line 4, column cassh: column "cassh" is not known; did you mean "cash", a term of digital? [T3]',
  ]);
});

test("byte order mark, CRLF, CR, comments, empty lines and quoted line breaks leave the lines counted right", async () => {
  const rows = [
    '\uFEFF# a comment, with "quotes"',
    header,
    row({ trader: "two\r\nlines" }),
    "",
    "# another",
    row({ trade_id: "T2", strike: "-1" }),
  ];
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    const { trades, faults } = await read(rows.join(lineEnd));
    expect(trades.map((trade) => [trade.where.line, trade.tags.trader])).toEqual([[3, "two\nlines"]]);
    expect(faults).toEqual(["invalid: book.csv line 7, column strike: strike must be > 0, got -1 [T2]"]);
  }
});

test("a quote that is never closed is told with the line and column where it opens, and what came before stands", async () => {
  const swallowed = row({ trade_id: "T3" }).replaceAll('"', "");
  const text = `${header}\n${row()}\nT2,desk,"ACME,vanilla\n${swallowed}\n`;
  const { trades, faults } = await read(text);
  expect(trades.map((trade) => trade.id)).toEqual(["T1"]);
  expect(faults).toEqual([
    "parsing: book.csv line 3, column underlying: a quote that opens a cell must be closed; the rest of the file, to line 5, was not read []",
  ]);
});

test("rows swallowed by a quote that closes later are told from where it opens", async () => {
  const plain = row({ trade_id: "T3" }).replaceAll('"', "");
  const { faults } = await read(`${header}\nT2,"desk,ACME\n${plain}\nT4,"x",SPX\n`);
  expect(faults).toEqual([
    "parsing: book.csv line 2: a row must have 14 cells, as the header, got 3 over lines 2 to 4: is a closing quote missing? [T2]",
  ]);
});

test("a stray quote spoils its own row and no other", async () => {
  const plain = (id: string) => row({ trade_id: id }).replaceAll('"', "");
  const { trades, faults } = await read(
    file(plain("T1").replace("100", '1"0'), plain("T2").replace("call", '"call"x'), plain("T3")),
  );
  expect(trades.map((trade) => trade.id)).toEqual(["T3"]);
  expect(faults.map((fault) => /line (\d), column (\w+)/.exec(fault)?.slice(1))).toEqual([
    ["2", "strike"],
    ["3", "right"],
  ]);
});

test("bytes that are not UTF-8 are refused in their cell", async () => {
  const bytes = Buffer.from(file(row({ book: "Zürich" }), row({ trade_id: "T2" })), "latin1");
  const { trades, faults } = await read([bytes]);
  expect(trades.map((trade) => trade.id)).toEqual(["T2"]);
  expect(faults).toEqual([
    'parsing: book.csv line 2, column book: a cell must be UTF-8, got bytes that are not in "Z\uFFFDrich" [T1]',
  ]);
});

test("a UTF-16 file is refused as a whole", async () => {
  const { trades, faults } = await read([Buffer.from(`\uFEFF${file(row())}`, "utf16le")]);
  expect(trades).toEqual([]);
  expect(faults).toEqual([
    "parsing: book.csv line 1: the file must be UTF-8, got other bytes in the header []",
  ]);
});

test("a cell of ten million characters is refused within seconds, and its message is short", async () => {
  const { trades, faults } = await read(
    file(row({ strike: "9".repeat(10_000_000) }), row({ trade_id: "T2" })),
  );
  expect(trades.map((trade) => trade.id)).toEqual(["T2"]);
  expect(faults).toEqual([
    "parsing: book.csv line 2, column strike: a cell must have at most 10,000 characters, got 10,000,000 [T1]",
  ]);
}, 10_000);

test("long values are cut in messages", async () => {
  const [fault] = await faultsOf({ strike: "x".repeat(5_000) });
  expect(fault).toBe(
    `parsing: book.csv line 2, column strike: strike must be > 0, written as a decimal number, got "${"x".repeat(40)}…" [T1]`,
  );
});

test("a # inside a row is no comment", async () => {
  const { trades } = await read(file(row({ book: "desk #1" }).replaceAll('"', "")));
  expect(trades.map((trade) => trade.book)).toEqual(["desk #1"]);
});

test.each(["\r\n", "\u{1F3E6}"])("a large text is cut into pieces, but not within %j", async (pair) => {
  const PIECE = 65_536;
  const text = file(row({ trader: "a\u{1F3E6}" }), row({ trade_id: "T2", strike: "-1" })).replaceAll(
    "\n",
    "\r\n",
  );
  const comment = `# ${"x".repeat(PIECE - 5 - text.indexOf(pair))}\r\n`;
  expect((comment + text).indexOf(pair, comment.length)).toBe(PIECE - 1);
  const { trades, faults } = await read(comment + text);
  expect(trades.map((trade) => [trade.where.line, trade.tags.trader])).toEqual([[3, "a\u{1F3E6}"]]);
  expect(faults).toEqual(["invalid: book.csv line 4, column strike: strike must be > 0, got -1 [T2]"]);
});

test("a tag named __proto__ is a tag like any other", async () => {
  const { trades } = await read(file(row({ trader: "me" })).replace(",trader", ",__proto__"));
  expect(Object.entries(trades[0]?.tags ?? {})).toEqual([["__proto__", "me"]]);
});

test("the same bytes in pieces of any size give the same trades and failures", async () => {
  const text =
    `\uFEFF${file(row({ book: "Zürich 🏦\r\n", trader: "a\r" }), row({ strike: "€" }), "x")}`.replaceAll(
      "\n",
      "\r\n",
    );
  const whole = await read(text);
  expect(whole.trades.length + whole.faults.length).toBeGreaterThan(2);
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, 64]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    expect(JSON.stringify(await read(pieces))).toBe(JSON.stringify(whole));
  }
});

test("rows come out while the file is still being read, and the source is closed when the reader stops", async () => {
  let closed = false;
  async function* endless() {
    try {
      yield `${header}\n`;
      for (let i = 0; ; i++) yield `${row({ trade_id: `T${i}` })}\n`;
    } finally {
      closed = true;
    }
  }
  let seen = 0;
  for await (const item of readPortfolio(endless(), settings)) {
    expect(item.kind).toBe("trade");
    if (++seen === 1000) break;
  }
  expect(closed).toBe(true);
});

test("a source that fails passes its error on", async () => {
  async function* failing() {
    yield `${header}\n`;
    throw new Error("disk gone");
  }
  await expect(read(failing())).rejects.toThrow("disk gone");
});

test("a valuation date that is none is a broken contract", async () => {
  await expect(read(file(row()), { valuationDate: "today" })).rejects.toThrow(RangeError);
});

test("no bytes make the reader throw, and every fault of a row has a line", async () => {
  const text = new TextEncoder().encode(file(row(), row(asian), row(custom), row(range)));
  const damaged = fc.tuple(fc.nat(text.length), fc.uint8Array({ maxLength: 4 })).map(([at, bytes]) => {
    const copy = text.slice();
    copy.set(bytes.subarray(0, copy.length - at), at);
    return copy;
  });
  const cells = fc.array(fc.constantFrom('"', ",", "\n", "\r", "#", "T1", "é", "\0", header, row(asian)));
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    damaged,
    cells.map((parts) => new TextEncoder().encode(`${header}\n${parts.join("")}`)),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (bytes) => {
      for await (const item of readPortfolio([bytes], settings)) {
        const line = item.kind === "trade" ? item.trade.where.line : item.failure.where?.line;
        if (item.kind === "trade" || item.failure.reason !== "missing-data") expect(line).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500, seed: 20261123 },
  );
});
