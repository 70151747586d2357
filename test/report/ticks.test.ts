import { describe, expect, test } from "vitest";
import { roomAround, ticks } from "../../src/report/ticks.js";

describe("an axis", () => {
  test("leaves room around its numbers, and has round ones on it", () => {
    expect(roomAround(0, 100)).toEqual([-6, 106]);
    expect(ticks(-6, 106, 4).map(({ label }) => label)).toEqual(["0", "20", "40", "60", "80", "100"]);
  });

  test.each([
    [5, 5],
    [0, 0],
    [10.450583572185566, 10.450583572185575],
    [-1e9, -1e9 + 1e-6],
    [1e-300, 1e-300],
  ])("of %d to %d, which differ by rounding or not at all, is wide enough to see", (low, high) => {
    const [bottom, top] = roomAround(low, high);
    expect(bottom).toBeLessThan(low);
    expect(top).toBeGreaterThan(high);
    const found = ticks(bottom, top, 4);
    expect(found.length).toBeGreaterThan(1);
    expect(found.length).toBeLessThan(10);
  });
});
