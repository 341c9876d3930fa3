import { readFileSync } from "node:fs";

/** A frame as Kafka 4.3.1's own classes encode it; see testdata/Messages.java. */
export interface Sample {
  readonly kind: "request" | "response";
  readonly api: number;
  readonly version: number;
  readonly hex: string;
}

export const samples: readonly Sample[] = readFileSync(
  new URL("../testdata/messages.ndjson", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Sample);
