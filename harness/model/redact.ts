/** A secret shorter than this cannot be told from ordinary text. */
export const SECRET_CHARS_MIN = 6;
/** Values kept to look for; fields are found by their name beyond that. */
const VALUES_MAX = 5_000;
/** Parts of an event that hold the subject's own names: columns, labels, headers. */
const FOREIGN: ReadonlySet<string> = new Set(["before", "after", "labels", "headers"]);

/** Takes secrets out of what is about to be written. */
export interface Redactor {
  readonly text: (text: string) => string;
  /** Every string inside; columns, labels and headers with a secret name as a whole. */
  readonly value: <T>(value: T) => T;
  /** Looks for this value from now on, wherever it turns up; shorter than the minimum it is left. */
  readonly learn: (secret: string) => void;
  /** Learns what secret fields of this text (JSON, `name=value`, headers) hold, but for `known`. */
  readonly learnFields: (text: string, known: ReadonlySet<string>) => void;
}

/**
 * Redacts learned values (as they are, as JSON, URL and base64 have them), fields by name, passwords
 * in URLs, and authorization and cookie headers. `mark` gives equal marks for equal secrets, so that
 * what is judged by equality stays so; it must not be reversible.
 */
export function createRedactor(options: {
  readonly fields: readonly string[];
  readonly mark: (secret: string) => string;
}): Redactor {
  const { mark } = options;
  const fields = new Set(options.fields.map((name) => name.toLowerCase()));
  const named = fieldPattern(options.fields);
  const forms = new Map<string, string>();
  let pattern: RegExp | null = null;

  const learn = (secret: string): void => {
    if (secret.length < SECRET_CHARS_MIN || forms.has(secret) || forms.size >= VALUES_MAX) return;
    for (const form of formsOf(secret)) forms.set(form, mark(secret));
    pattern = null;
  };
  const text = (raw: string): string => {
    let clean = raw;
    if (forms.size > 0) {
      pattern ??= anyOf([...forms.keys()]);
      clean = clean.replace(pattern, (found) => forms.get(found) ?? mark(found));
    }
    if (named !== null) {
      clean = clean.replace(named, (_, before: string, quoted?: string, bare?: string) =>
        quoted === undefined
          ? `${before}${mark(bare ?? "")}`
          : `${before}${quoted.slice(0, 1)}${mark(quoted.slice(1, -1))}${quoted.slice(-1)}`,
      );
    }
    return HINT.test(clean) ? withoutCredentials(clean, mark) : clean;
  };
  const walk = (value: unknown, isForeign: boolean): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map((each) => walk(each, isForeign));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        text(name),
        isForeign && fields.has(name.toLowerCase()) && inner !== null
          ? mark(typeof inner === "string" ? inner : JSON.stringify(inner))
          : walk(inner, isForeign || FOREIGN.has(name)),
      ]),
    );
  };
  return {
    text,
    value: <T>(value: T) => walk(value, false) as T,
    learn,
    learnFields: (raw, known) => {
      if (named === null) return;
      for (const [, , quoted, bare] of raw.matchAll(named)) {
        const found = quoted === undefined ? (bare ?? "") : quoted.slice(1, -1);
        if (!known.has(found)) learn(found);
      }
    },
  };
}

/** Redacts nothing but passwords in URLs and credentials in headers. */
export const plainRedactor: Redactor = createRedactor({ fields: [], mark: () => "[redacted]" });

function formsOf(secret: string): ReadonlySet<string> {
  return new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret, "utf8").toString("base64"),
  ]);
}

const escaped = (literal: string): string => literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");

function anyOf(literals: readonly string[]): RegExp {
  const longestFirst = [...literals].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escaped).join("|"), "g");
}

/** `"name":"value"`, `name=value`, `name: 'value'`, `(name)=(value)`, and the same inside JSON text. */
function fieldPattern(names: readonly string[]): RegExp | null {
  if (names.length === 0) return null;
  const name = `(?<![A-Za-z0-9_])(?:${names.map(escaped).join("|")})(?![A-Za-z0-9_])`;
  const before = String.raw`(${name}\\*["')]?\s*(?:=>|[:=])\s*\\*\(?)`;
  const quoted = String.raw`("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`;
  const bare = String.raw`((?!\[redacted)[^\s,;&|<>()[\]{}"'\\]+)`;
  return new RegExp(`${before}(?:${quoted}|${bare})`, "gi");
}

const HINT = /:\/\/|authorization|cookie|bearer/i;
const IN_URL = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*:)([^\s@/"']+)(?=@)/gi;
const IN_HEADER =
  /((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token)\s+)?|bearer\s+)((?!\[redacted)[^\s"',;}]{6,})/gi;
const COOKIES = /((?:set-)?cookie["']?\s*[:=]\s*["']?)((?!\[redacted)[^"'\n]{6,})/gi;

function withoutCredentials(text: string, mark: (secret: string) => string): string {
  const redacted = (_: string, before: string, secret: string): string =>
    secret.startsWith("[redacted") ? `${before}${secret}` : `${before}${mark(secret)}`;
  return text.replace(IN_URL, redacted).replace(IN_HEADER, redacted).replace(COOKIES, redacted);
}
