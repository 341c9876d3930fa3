import { ByteReader, ShortRead } from "./byte-reader.ts";

export interface DecodedRecord {
  readonly offset: number;
  readonly key: string | null;
  /** Values of the record's headers, as text. */
  readonly headers: readonly string[];
}

const MAGIC_2 = 2;
const COMPRESSION_MASK = 0x07;
const CONTROL_BIT = 0x20;
const RECORDS_PER_BATCH_MAX = 1_000_000;
const HEADERS_MAX = 10_000;

/**
 * Offsets and keys of the record batches (magic 2, KIP-98) in a Fetch response. The last batch may
 * be cut off by the broker and is left out. Compressed batches give offsets without keys; control
 * batches give nothing.
 */
export function decodeRecords(bytes: Buffer): readonly DecodedRecord[] {
  const reader = new ByteReader(bytes);
  const records: DecodedRecord[] = [];
  while (reader.remaining() >= 12) {
    const baseOffset = reader.int64();
    const length = reader.int32();
    if (length > reader.remaining()) break;
    records.push(...decodeBatch(baseOffset, reader.take(length)));
  }
  return records;
}

function decodeBatch(baseOffset: number, bytes: Buffer): readonly DecodedRecord[] {
  const reader = new ByteReader(bytes);
  reader.skip(4); // partition leader epoch
  if (reader.int8() !== MAGIC_2) return [];
  reader.skip(4); // crc
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  reader.skip(8 + 8 + 8 + 2 + 4); // timestamps, producer id and epoch, base sequence
  const count = reader.int32();
  if ((attributes & CONTROL_BIT) !== 0) return [];
  if (count < 0 || count > RECORDS_PER_BATCH_MAX) throw new ShortRead("record count");
  if ((attributes & COMPRESSION_MASK) !== 0) return keyless(baseOffset, lastOffsetDelta);
  return Array.from({ length: count }, () => decodeRecord(baseOffset, reader));
}

function keyless(baseOffset: number, lastOffsetDelta: number): readonly DecodedRecord[] {
  if (lastOffsetDelta < 0 || lastOffsetDelta > RECORDS_PER_BATCH_MAX) {
    throw new ShortRead("offset delta");
  }
  return Array.from({ length: lastOffsetDelta + 1 }, (_, delta) => ({
    offset: baseOffset + delta,
    key: null,
    headers: [],
  }));
}

function decodeRecord(baseOffset: number, batch: ByteReader): DecodedRecord {
  const record = new ByteReader(batch.take(batch.varint()));
  record.skip(1); // attributes
  record.varint(); // timestamp delta
  const offset = baseOffset + record.varint();
  const key = field(record)?.toString("utf8") ?? null;
  record.skip(Math.max(0, record.varint())); // value
  const count = record.varint();
  if (count < 0 || count > HEADERS_MAX) throw new ShortRead("header count");
  const headers = Array.from({ length: count }, () => {
    field(record); // name
    return field(record)?.toString("utf8") ?? "";
  });
  return { offset, key, headers };
}

/** Bytes with a varint length before them; null for -1. */
function field(record: ByteReader): Buffer | null {
  const length = record.varint();
  return length < 0 ? null : record.take(length);
}
