/** The Greeks every closed form gives, raw: per unit of spot, per 1.00 of volatility or rate, per year. */
export type CommonGreek =
  | "price"
  | "delta"
  | "gamma"
  | "speed"
  | "vega"
  | "vanna"
  | "volga"
  /** −∂V/∂T per year with all dates scaling with T. */
  | "theta"
  /** The same with all dates moving together: what one year's passage of time earns. */
  | "theta_calendar"
  /** −∂²V/∂S∂T, dates scaling with T. */
  | "charm"
  | "rho"
  | "dividend_rho";

export type Greeks<G extends string = CommonGreek> = Readonly<Record<G, number>>;
