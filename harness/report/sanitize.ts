/**
 * Control characters (ANSI escapes begin with one), direction marks, line and paragraph separators,
 * halves of surrogate pairs, and what XML 1.0 forbids.
 */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu;

/** Longest piece of evidence that a report quotes; the journal has the whole. */
const CHARS_MAX = 2_000;

/** Text from evidence, made harmless for a terminal: payloads are hostile. */
export function sanitize(text: string): string {
  return text.replaceAll(UNSAFE, "�");
}

/** One line of harmless text of a bounded length; says how much was left out. */
export function inert(text: string, charsMax = CHARS_MAX): string {
  const left = text.length - charsMax;
  return left <= 0
    ? sanitize(text)
    : `${sanitize(text.slice(0, charsMax))} ... (${left} more characters)`;
}

/** Several lines, each made harmless; as many as `linesMax`. */
export function inertLines(text: string, linesMax = 50): string {
  const lines = text.split("\n");
  const left = lines.length - linesMax;
  const kept = lines.slice(0, linesMax).map((line) => inert(line));
  return [...kept, ...(left > 0 ? [`... (${left} more lines)`] : [])].join("\n");
}
