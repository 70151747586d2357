const MILLISECONDS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of an ISO date ("2026-11-23"); null when it is not written so or not in the calendar (2026-02-30). */
export function dayNumber(date: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  const time = Date.UTC(year, month - 1, day);
  // Date.UTC rolls 02-30 over to March and takes year 26 for 1926; a real date comes back as it went in.
  const back = new Date(time);
  const same =
    back.getUTCFullYear() === year && back.getUTCMonth() === month - 1 && back.getUTCDate() === day;
  return same ? time / MILLISECONDS_PER_DAY : null;
}

/** Years between two calendar days by act/365f: days / 365. */
export function yearsBetween(from: number, to: number): number {
  return (to - from) / 365;
}
