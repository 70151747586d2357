import { describe, expect, test } from "vitest";
import {
  add,
  type Complex,
  complex,
  divide,
  exp,
  expm1,
  log1p,
  multiply,
  scale,
  sqrt,
  subtract,
} from "../../src/numerics/complex.js";

function expectNear(a: Complex, b: Complex): void {
  const error = Math.hypot(a.re - b.re, a.im - b.im);
  expect(error).toBeLessThanOrEqual(4e-16 * Math.hypot(b.re, b.im));
}

const numbers = [complex(3, 4), complex(-2, 0.5), complex(-2, -0.5), complex(0, -7), complex(1e-9, 2e-9)];

describe("complex numbers", () => {
  test("multiply and divide are inverse", () => {
    expectNear(multiply(complex(1, 2), complex(3, -1)), complex(5, 5));
    for (const a of numbers) for (const b of numbers) expectNear(divide(multiply(a, b), b), a);
  });

  test("sums, differences and multiples are taken by part", () => {
    expectNear(add(complex(1, 2), complex(3, -1), complex(0, 1)), complex(4, 2));
    expectNear(subtract(complex(1, 2), complex(3, -1)), complex(-2, 3));
    expectNear(scale(-2, complex(1, 2)), complex(-2, -4));
  });

  test("the square root has a real part >= 0 and squares to its argument", () => {
    for (const a of numbers) {
      expect(sqrt(a).re).toBeGreaterThanOrEqual(0);
      expectNear(multiply(sqrt(a), sqrt(a)), a);
    }
    expectNear(sqrt(complex(-4)), complex(0, 2));
    expectNear(sqrt(complex(0)), complex(0));
  });

  test("the exponential turns by the imaginary part", () => {
    expectNear(exp(complex(Math.log(2), Math.PI / 3)), complex(1, Math.sqrt(3)));
  });

  test("expm1 and log1p keep their digits near 0, and invert each other", () => {
    const small = complex(3e-9, -4e-9);
    // a + a²/2 and a − a²/2, the next terms being below rounding
    expectNear(expm1(small), complex(3e-9 - 3.5e-18, -4e-9 - 12e-18));
    expectNear(log1p(small), complex(3e-9 + 3.5e-18, -4e-9 + 12e-18));
    for (const a of numbers) expectNear(add(complex(1), expm1(a)), exp(a));
    expectNear(log1p(complex(-3, 0)), complex(Math.log(2), Math.PI));
  });
});
