import { ByteReader, ShortRead } from "./byte-reader.ts";
import { codecName, unpack } from "./codecs/unpack.ts";

export interface DecodedRecord {
  readonly offset: number;
  readonly key: string | null;
  /** Values of the record's headers, as text. */
  readonly headers: readonly string[];
}

export interface Decoded {
  readonly records: readonly DecodedRecord[];
  /** What could not be read, each by a name, e.g. "record batch of magic 1". */
  readonly unread: readonly string[];
}

/** The last batch of a Fetch response may be cut off by the broker, which sends it whole next time. */
export const CUT_OFF = "batch cut off, sent again";

const NOTHING: Decoded = { records: [], unread: [] };
const BATCH_HEAD = 8 + 4;
const MAGIC_2 = 2;
const CODEC_MASK = 0x07;
const CONTROL_BIT = 0x20;
const RECORDS_PER_BATCH_MAX = 1_000_000;
const HEADERS_MAX = 10_000;

/**
 * Offsets, keys and headers of the record batches (magic 2, KIP-98) of a Fetch response or a Produce
 * request. Control batches give nothing. ShortRead when a batch's head makes no sense.
 */
export function decodeRecords(bytes: Buffer): Decoded {
  const reader = new ByteReader(bytes);
  const batches: Decoded[] = [];
  while (reader.remaining() > 0) {
    const isCutOff = reader.remaining() < BATCH_HEAD;
    const baseOffset = isCutOff ? 0 : reader.int64();
    const length = isCutOff ? Infinity : reader.int32();
    if (length > reader.remaining()) {
      batches.push(unreadable(CUT_OFF));
      break;
    }
    batches.push(decodeBatch(baseOffset, reader.take(length)));
  }
  return {
    records: batches.flatMap(({ records }) => records),
    unread: batches.flatMap(({ unread }) => unread),
  };
}

function unreadable(name: string): Decoded {
  return { records: [], unread: [name] };
}

function decodeBatch(baseOffset: number, bytes: Buffer): Decoded {
  const reader = new ByteReader(bytes);
  reader.skip(4); // partition leader epoch
  const magic = reader.int8();
  if (magic !== MAGIC_2) return unreadable(`record batch of magic ${magic}`);
  reader.skip(4); // crc
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  reader.skip(8 + 8 + 8 + 2 + 4); // timestamps, producer id and epoch, base sequence
  const count = reader.int32();
  if ((attributes & CONTROL_BIT) !== 0) return NOTHING;
  if (count < 0 || count > RECORDS_PER_BATCH_MAX) throw new ShortRead("record count");
  const codec = attributes & CODEC_MASK;
  const records = unpack(codec, reader.take(reader.remaining()));
  if (records === null) return packed(baseOffset, { count, lastOffsetDelta, codec });
  const unpacked = new ByteReader(records);
  return {
    records: Array.from({ length: count }, () => decodeRecord(baseOffset, unpacked)),
    unread: [],
  };
}

/** A batch that cannot be unpacked: offsets without keys, where none can have been compacted away. */
function packed(
  baseOffset: number,
  batch: { readonly count: number; readonly lastOffsetDelta: number; readonly codec: number },
): Decoded {
  const { unread } = unreadable(`compressed batch (${codecName(batch.codec)})`);
  if (batch.count !== batch.lastOffsetDelta + 1) return { records: [], unread };
  const records = Array.from({ length: batch.count }, (_, delta) => ({
    offset: baseOffset + delta,
    key: null,
    headers: [],
  }));
  return { records, unread };
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
