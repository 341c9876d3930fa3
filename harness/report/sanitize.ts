/** Control characters (ANSI escapes begin with one) and Unicode direction marks. */
const UNSAFE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from evidence, made harmless for a terminal: payloads are hostile. */
export function sanitize(text: string): string {
  return text.replaceAll(UNSAFE, "�");
}
