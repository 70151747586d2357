/** A user's text as it appears in a message: in double quotes, control characters escaped, cut to a readable length. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
