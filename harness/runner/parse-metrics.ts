export interface MetricSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * Counters and gauges of the Prometheus text format 0.0.4. Buckets are left out: nothing is judged by
 * them. Lines that are not samples, and values that are no finite numbers, are skipped.
 */
export function parseMetrics(text: string): readonly MetricSeries[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name === undefined || name.endsWith("_bucket") || !Number.isFinite(Number(value))) {
      return [];
    }
    const pairs = [...labels.matchAll(LABEL)].map(([, key = "", quoted = ""]) => [
      key,
      unescaped(quoted),
    ]);
    return [
      { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) },
    ];
  });
}

/** Label values escape backslash, double quote and line feed. */
function unescaped(quoted: string): string {
  return quoted.replaceAll(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}
