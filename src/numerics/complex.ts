export interface Complex {
  readonly re: number;
  readonly im: number;
}

export function complex(re: number, im = 0): Complex {
  return { re, im };
}

export function add(...terms: readonly Complex[]): Complex {
  let re = 0;
  let im = 0;
  for (const term of terms) {
    re += term.re;
    im += term.im;
  }
  return { re, im };
}

export function subtract(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

export function scale(factor: number, a: Complex): Complex {
  return { re: factor * a.re, im: factor * a.im };
}

export function multiply(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

/** a/b; squares |b|, so |b| must stay within 1e±150. */
export function divide(a: Complex, b: Complex): Complex {
  const size = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size };
}

/** The square root with real part ≥ 0. */
export function sqrt(a: Complex): Complex {
  const size = Math.hypot(a.re, a.im);
  if (size === 0) return complex(0);
  const larger = Math.sqrt((size + Math.abs(a.re)) / 2);
  const smaller = Math.abs(a.im) / (2 * larger);
  const [re, im] = a.re >= 0 ? [larger, smaller] : [smaller, larger];
  return { re, im: a.im < 0 ? -im : im };
}

export function exp(a: Complex): Complex {
  const size = Math.exp(a.re);
  return { re: size * Math.cos(a.im), im: size * Math.sin(a.im) };
}

/** e^a − 1, without cancellation near 0. */
export function expm1(a: Complex): Complex {
  const half = Math.sin(a.im / 2);
  return {
    re: Math.expm1(a.re) * Math.cos(a.im) - 2 * half * half,
    im: Math.exp(a.re) * Math.sin(a.im),
  };
}

/** Principal ln(1 + a), without cancellation near 0. */
export function log1p(a: Complex): Complex {
  return {
    re: Math.log1p(a.re * (2 + a.re) + a.im * a.im) / 2,
    im: Math.atan2(a.im, 1 + a.re),
  };
}
