/** Control characters (ANSI escapes begin with one), direction marks and invisible spacing. */
const UNSAFE = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
const TEXT_CHARS_MAX = 400;

/**
 * Text from evidence, made harmless and visible: control characters become their pictures (NUL is
 * shown as ␀), direction marks their code point, broken surrogates U+FFFD, long text its beginning.
 */
export function inert(text: string, charsMax = TEXT_CHARS_MAX): string {
  const whole = text.length;
  const kept = whole <= charsMax ? text : text.slice(0, charsMax);
  const shown = kept.toWellFormed().replaceAll(UNSAFE, pictureOf);
  return whole <= charsMax ? shown : `${shown}… (${whole} characters; whole in the journal)`;
}

function pictureOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "␡" : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
