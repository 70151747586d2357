import { expect, test } from "vitest";
import { dayNumber, yearsBetween } from "../../src/numerics/dates.js";

test("days are counted from 1970-01-01", () => {
  expect(dayNumber("1970-01-01")).toBe(0);
  expect(dayNumber("2000-03-01")).toBe(11_017);
});

test("a leap day counts, and a year of 365 days is one year by act/365f", () => {
  expect(yearsBetween(dayNumber("2026-11-23")!, dayNumber("2027-11-23")!)).toBe(1);
  expect(yearsBetween(dayNumber("2027-11-23")!, dayNumber("2028-11-23")!)).toBe(366 / 365);
});

test.each([
  "2026-02-30",
  "0026-11-23",
  "2027-02-29",
  "2026-13-01",
  "2026-1-5",
  "23.11.2026",
  "2026-11-23T00:00",
  "",
  "20261123",
])("%s is not a date", (text) => {
  expect(dayNumber(text)).toBeNull();
});
