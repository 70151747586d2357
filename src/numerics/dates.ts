const MILLISECONDS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of an ISO date ("2026-11-23"); null when it is not written so or not in the calendar (2026-02-30). */
export function dayNumber(date: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  const time = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(time)) return null;
  // Engines differ in whether they roll 02-30 over to March; a real date survives the round trip.
  return new Date(time).toISOString().slice(0, 10) === date ? time / MILLISECONDS_PER_DAY : null;
}

/** Years between two calendar days by act/365f: days / 365. */
export function yearsBetween(from: number, to: number): number {
  return (to - from) / 365;
}
