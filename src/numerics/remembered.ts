/** A function of a number, a text, or a thing that is itself alone, that finds each of its answers once. */
export function remembered<Key, Answer>(find: (key: Key) => Answer): (key: Key) => Answer {
  const known = new Map<Key, Answer>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = find(key);
    known.set(key, answer);
    return answer;
  };
}

/** A function that finds its answer when it is first asked for, and once. */
export function once<Answer>(find: () => Answer): () => Answer {
  let known: { readonly answer: Answer } | undefined;
  return () => {
    known ??= { answer: find() };
    return known.answer;
  };
}
