/** Words that promise more than any run can show, unless their sentence names its scope. */
const CLAIMS = /\bexactly[- ]once\b|\bguaranteed\b|\bnever (?:lose|duplicate)s?\b/i;
/** A count, a denial, or the name of a setting: the sentence says how far it goes. */
const SCOPES = /\b\d+ of \d+\b|\bnot\b|\bnever says\b|\bwithout\b|`[^`]*`/i;

/** Sentences of a text that claim without a scope. */
export function unscopedClaims(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?])\s+|\n{2,}/)
    .map((sentence) => sentence.replaceAll(/\s+/g, " ").trim())
    .filter((sentence) => CLAIMS.test(sentence) && !SCOPES.test(sentence));
}
