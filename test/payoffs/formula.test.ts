import { expect, test } from "vitest";
import { evaluate } from "../../src/payoffs/evaluate.js";
import { FormulaError, parseFormula } from "../../src/payoffs/formula.js";

const dates = [0.25, 0.5, 1];
const prices = [80, 125, 100];

test.each([
  ["S(T)", 100],
  ["S(0.5)", 125],
  ["S( 1 / 4 )", 80],
  ["S(0.25000000001)", 80],
  ["S[1]", 80],
  ["S[3]", 100],
  ["max(S)", 125],
  ["min(S)", 80],
  ["mean(S)", 305 / 3],
  ["geomean(S)", 100],
  ["mean(S(0.25, T))", 90],
  ["max(S(0.25, T))", 100],
  ["mean(S(0.5))", 125],
  ["max(S(T) - 90, 0) * (max(S) < 130)", 10],
  ["max(S(T) - 90, 0) * (max(S) < 120)", 0],
  ["max(1, 7, 3)", 7],
  ["min(4, S(T))", 4],
  ["max(S(T))", 100],
  ["abs(S[1] - S(T))", 20],
  ["log(exp(1))", 1],
  ["sqrt(S(T))", 10],
  ["2 + 3 * 4 - 6 / 2", 11],
  ["10 - 4 - 3", 3],
  ["(2 + 3) * 4", 20],
  ["-S(T) + +1", -99],
  ["1.5e2 + .5", 150.5],
  ["S(T) >= 100", 1],
  ["S(T) > 100", 0],
  ["S(T) <= 100", 1],
  ["S(T) < 100", 0],
  ["S[1] < 90 && S(T) > 90", 1],
  ["S[1] > 90 && S(T) > 90", 0],
  ["S[1] > 90 || S(T) > 90", 1],
  ["S[1] > 90 || S(T) > 110", 0],
  ["!(S(T) > 90) || S[1] < 90 && 0", 0],
  ["!(S(T) > 110)", 1],
  ["80 < S(T) && S(T) < 120", 1],
  ["(S[1] < 90) < 2", 1],
  ["\tmax(\n S(T),\r\n 0 ) ", 100],
])("%s is %d on the path 80, 125, 100", (text, value) => {
  expect(evaluate(parseFormula(text, dates), prices)).toBeCloseTo(value, 12);
});

test.each([
  // Syntax.
  ["", 1, "a number, price or function must come here, got the end"],
  ["1 +", 4, "Expected expression after +"],
  ["max(S(T), 0", 12, '"," or ")" must come here'],
  ["max(S(T) 0)", 10, '"," or ")" must come here'],
  ["max(S(T),)", 10, 'a number, price or function must come here, got ")"'],
  ["(S(T)", 6, "Unclosed ("],
  ["()", 2, 'a number, price or function must come here, got ")"'],
  ["S(T) 100", 6, 'an operator must come here, got "1"'],
  ["S(T))", 5, 'an operator must come here, got ")"'],
  ["1, 2", 2, 'an operator must come here, got ","'],
  ["S(T); S(T)", 5, '";" is no part of a formula'],
  ["S(T) − 100", 6, '"−" is no part of a formula; write "-"'],
  ["S(T) > 'a'", 8, '"\'" is no part of a formula'],
  ["S(T) = 100", 6, 'an operator must come here, got "="'],
  ["1.2.3", 4, "Unexpected period"],
  // Names.
  ["S(T) - K", 8, 'unknown name "K"; a formula knows S, T, numbers and functions'],
  ["5 + maxx(S)", 5, 'unknown function "maxx"; did you mean "max"?'],
  ["s(T)", 1, 'unknown function "s"; did you mean "S"?'],
  ["S", 1, "S is all observed prices; write S(T), S[1], or max(S)"],
  ["max(S, 100)", 5, "S is all observed prices"],
  ["T + 1", 1, "T is a date; write S(T)"],
  ["max + 1", 1, "max is a function; write max(S(T))"],
  ["constructor", 1, 'unknown name "constructor"'],
  ["__proto__", 1, 'unknown name "__proto__"'],
  [
    "constructor(1)",
    1,
    'unknown function "constructor"; there are abs, exp, log, normal_cdf, sqrt, max, min, mean, geomean',
  ],
  ["toString(1)", 1, 'unknown function "toString"'],
  ["S.constructor", 1, "only prices have an index: S[1]"],
  ["max.call(1)", 1, "a function must have a name"],
  ["S(T)(1)", 1, "a function must have a name"],
  ["this", 1, "a formula is made of prices, numbers, functions and operators"],
  ["[1]", 1, "a formula is made of prices, numbers, functions and operators"],
  ["true", 1, "true is written 1"],
  ["1e999", 1, 'a finite number must stand here, got "1e999"'],
  ["1 + null", 5, 'a finite number must stand here, got "null"'],
  // Functions and operators.
  ["max()", 1, "max must have one or more values, got none"],
  ["abs(1, 2)", 1, "abs must have one value, got 2"],
  ["mean(S(T) - 1)", 1, "mean is of observed prices: mean(S) or mean(S(0.25, 0.5))"],
  ["S(T) % 2", 1, "unknown operator %; there are + - * / < <= > >= && || !"],
  ["1 == S(T)", 1, "unknown operator =="],
  ["S(T) ** 2", 1, "** is not offered; write S(T) * S(T)"],
  ["S(T) ^ 2", 1, "^ is not offered; write S(T) * S(T)"],
  ["~S(T)", 2, "unknown operator ~"],
  ["1 + 80 < S(T) < 120", 1, "comparisons do not chain: write 80 < S(T) && S(T) < 120"],
  ["S(T) && S(T) > 1", 1, "what && applies to must be a comparison"],
  ["S(T) > 1 || S(T)", 13, "what || applies to must be a comparison"],
  ["!S(T)", 2, "what ! applies to must be a comparison"],
  ["S(T) * (1 / 0)", 8, "the value must be a finite number, got Infinity"],
  ["log(0)", 1, "the value must be a finite number, got -Infinity"],
  ["sqrt(-1)", 1, "the value must be a finite number, got NaN"],
  ["S(T) + exp(1) * exp(709)", 8, "the value must be a finite number, got Infinity"],
  // Dates.
  ["S(0.75)", 3, "S(0.75) is not observed; the dates are 0.25, 0.5, 1"],
  ["S(-1)", 3, "S(-1) is not observed"],
  [
    "S(T) / S(0)",
    10,
    "S(0) is refused, as it moves with the spot while the likelihood ratio holds observed prices fixed",
  ],
  ["S(S(T))", 3, "the date of S must be T or a number of years"],
  ["S()", 1, "S must have one date, as in S(T); several stand only in max, min, mean and geomean, got 0"],
  ["S(0.25, 0.5)", 1, "S must have one date"],
  ["mean(S(0.5, 0.25))", 6, "the dates of S must be strictly increasing"],
  ["mean(S(0.5, 0.5))", 6, "the dates of S must be strictly increasing"],
  ["mean(S())", 6, "S() must name a date"],
  ["S[0]", 3, "the index of S must be a whole number from 1 to 3, got 0"],
  ["S[4]", 3, "the index of S must be a whole number from 1 to 3, got 4"],
  ["S[1.5]", 3, "the index of S must be a whole number from 1 to 3, got 1.5"],
  ["S[S(T)]", 3, "the index of S must be a number"],
])("%j is refused at character %d: %s", (text, position, words) => {
  const error = refusal(text);
  expect(error.message).toContain(`at character ${position}: ${words}`);
  expect(error.position).toBe(position);
});

test("a text longer than 10,000 characters is refused before it is parsed", () => {
  expect(refusal(" ".repeat(10_001)).message).toContain("at most 10,000 characters, got 10,001");
  expect(evaluate(parseFormula(`${" ".repeat(9_996)}S(T)`, dates), prices)).toBe(100);
});

test.each([
  ["parentheses", `${"(".repeat(5000)}1${")".repeat(4000)}`, 201],
  ["signs", "-".repeat(9999), 201],
  ["calls", "abs(".repeat(2499), 801],
  ["sums", `S(T)${"+1".repeat(400)}`, 1],
])("%s nested deeper than 200 levels are refused", (_, text, position) => {
  expect(refusal(text).message).toContain(
    `at character ${position}: a formula must be at most 200 levels deep`,
  );
});

test("as deep as allowed is allowed", () => {
  expect(evaluate(parseFormula(`S(T)${"+S(T)".repeat(198)}`, dates), prices)).toBe(19_900);
});

test("a long list of dates is cut short", () => {
  const many = Array.from({ length: 12 }, (_, i) => i + 1);
  expect(() => parseFormula("S(0.5)", many)).toThrow("the dates are 1, 2, 3, 4, 5, …, 12");
});

function refusal(text: string): FormulaError {
  try {
    parseFormula(text, dates);
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
  throw new Error(`${text} must be refused`);
}
