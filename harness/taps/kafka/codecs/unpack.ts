import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { unpackLz4 } from "./lz4.ts";
import { unpackSnappy } from "./snappy.ts";

/** More than this is not unpacked: a batch is at most what a producer sends, 1 MB unless configured. */
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;

type Unpack = (bytes: Buffer, max: number) => Buffer;

/** By the number in a batch's attributes (KIP-98; zstd: KIP-110). */
const CODECS: readonly { readonly name: string; readonly unpack: Unpack }[] = [
  { name: "none", unpack: (bytes) => bytes },
  { name: "gzip", unpack: (bytes, max) => gunzipSync(bytes, { maxOutputLength: max }) },
  { name: "snappy", unpack: unpackSnappy },
  { name: "lz4", unpack: unpackLz4 },
  { name: "zstd", unpack: (bytes, max) => zstdDecompressSync(bytes, { maxOutputLength: max }) },
];

export function codecName(codec: number): string {
  return CODECS[codec]?.name ?? `codec ${codec}`;
}

/** The records of a batch; null when they cannot be unpacked. */
export function unpack(codec: number, bytes: Buffer): Buffer | null {
  try {
    return CODECS[codec]?.unpack(bytes, UNPACKED_BYTES_MAX) ?? null;
  } catch {
    // The bytes go on as they came; the caller counts what could not be read.
    return null;
  }
}
