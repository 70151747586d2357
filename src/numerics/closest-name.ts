/** The known name that a misspelt one most likely means; undefined when none is near. Case, "-", "_" and blanks do not count. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  // A text this long is no misspelling; comparing it would only cost time.
  if (name.length > 60) return undefined;
  const plain = plainName(name);
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(plain, plainName(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}

/** Levenshtein: the least number of letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
