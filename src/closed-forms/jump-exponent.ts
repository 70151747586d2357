import { add, type Complex, complex, exp, multiply, scale, subtract } from "../numerics/complex.js";
import type { NumberTable } from "../numerics/terms.js";

/** Lognormal jumps of a Poisson process. */
export interface JumpParameters {
  readonly lambda: number;
  readonly mu_j: number;
  readonly delta_j: number;
}

export const JUMP_TERMS = {
  lambda: { kind: "number", meaning: "jumps expected per year", unit: "per year", atLeast: 0 },
  mu_j: { kind: "number", meaning: "mean of a jump of the log-price", unit: "1" },
  delta_j: {
    kind: "number",
    meaning: "standard deviation of a jump of the log-price",
    unit: "1",
    atLeast: 0,
  },
} as const satisfies NumberTable;

/**
 * λT (φ − 1 − iz κ) at z = u − i/2, φ = e^{iz μ + (iz)² δ²/2} and κ = φ(−i) − 1, with its derivatives. Its real part comes back near
 * 0 wherever uμ is a multiple of 2π, so the `size` is with |φ| in place of φ.
 */
export function jumpExponent({ lambda, mu_j, delta_j }: JumpParameters, years: number, u: number) {
  const iz = complex(0.5, u);
  const square = multiply(iz, iz);
  const jump = exp(add(scale(mu_j, iz), scale(delta_j ** 2 / 2, square)));
  const growth = Math.exp(mu_j + delta_j ** 2 / 2);
  const perJump = subtract(subtract(jump, complex(1)), scale(growth - 1, iz));
  const all = (a: Complex) => scale(lambda * years, a);
  const largest = Math.exp(mu_j / 2 + (delta_j ** 2 * (0.25 - u * u)) / 2);
  return {
    value: all(perJump),
    size: lambda * years * (largest - 1 - (growth - 1) / 2),
    byYears: scale(lambda, perJump),
    by: {
      lambda: scale(years, perJump),
      mu_j: all(multiply(iz, subtract(jump, complex(growth)))),
      delta_j: all(scale(delta_j, subtract(multiply(square, jump), scale(growth, iz)))),
    },
  };
}

/** The Greeks of the jumps, by the program's names. */
export function jumpGreeks({
  by,
  bySpotAnd,
}: {
  readonly by: Readonly<Record<keyof JumpParameters, number>>;
  readonly bySpotAnd: Readonly<Record<keyof JumpParameters, number>>;
}) {
  return {
    d_lambda: by.lambda,
    d_mu_j: by.mu_j,
    d_delta_j: by.delta_j,
    d2_spot_lambda: bySpotAnd.lambda,
  };
}

export type JumpGreek = keyof ReturnType<typeof jumpGreeks>;
