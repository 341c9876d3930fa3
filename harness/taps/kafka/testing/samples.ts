import { readFileSync } from "node:fs";

/** A frame as Kafka 4.3.1's own classes encode it; see testdata/Messages.java. */
export interface Sample {
  readonly kind: "request" | "response";
  readonly api: number;
  readonly version: number;
  readonly hex: string;
}

/** Record batches alone, packed by one codec ("large ...": 400 records, more than one block). */
interface Batches {
  readonly kind: "batches";
  readonly packing: string;
  readonly hex: string;
}

const lines = readFileSync(new URL("../testdata/messages.ndjson", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Sample | Batches);

export const samples = lines.filter((line) => line.kind !== "batches");

export const batches: ReadonlyMap<string, Buffer> = new Map(
  lines.flatMap((line) =>
    line.kind === "batches" ? [[line.packing, Buffer.from(line.hex, "hex")] as const] : [],
  ),
);
