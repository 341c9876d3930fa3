import { ByteReader } from "../byte-reader.ts";
import { GrowingBytes } from "./growing-bytes.ts";

const MAGIC = 0x184d2204;
const HAS_BLOCK_CHECKSUM = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_DICTIONARY = 0x01;
const IS_STORED = 0x80000000;
const MATCH_MIN = 4;

/**
 * Unpacks an LZ4 frame (lz4/lz4, lz4_Frame_format.md and lz4_Block_format.md; KIP-57 for Kafka).
 * Checksums are not checked: the client does that. Throws on bytes that are no such frame, and rather
 * than give more than `max` bytes.
 */
export function unpackLz4(bytes: Buffer, max: number): Buffer {
  const reader = new ByteReader(bytes);
  if (reader.take(4).readUInt32LE() !== MAGIC) throw new RangeError("no LZ4 frame");
  const flags = reader.take(1).readUInt8();
  if ((flags & HAS_DICTIONARY) !== 0) throw new RangeError("LZ4 dictionary");
  reader.skip(1); // largest block
  if ((flags & HAS_CONTENT_SIZE) !== 0) reader.skip(8);
  reader.skip(1); // header checksum
  const out = new GrowingBytes(max);
  for (;;) {
    const size = reader.take(4).readUInt32LE();
    if (size === 0) return out.done();
    const block = reader.take(size % IS_STORED);
    if (size >= IS_STORED) out.append(block);
    else unpackBlock(new ByteReader(block), out);
    if ((flags & HAS_BLOCK_CHECKSUM) !== 0) reader.skip(4);
  }
}

/** Literals, then a match, and so on; the last sequence of a block is literals only. */
function unpackBlock(reader: ByteReader, out: GrowingBytes): void {
  while (reader.remaining() > 0) {
    const token = reader.take(1).readUInt8();
    out.append(reader.take(lengthOf(reader, token >> 4)));
    if (reader.remaining() === 0) return;
    const distance = reader.take(2).readUInt16LE();
    out.repeat(distance, lengthOf(reader, token & 15) + MATCH_MIN);
  }
}

/** 15 means that more follows, up to the first byte that is not 255. */
function lengthOf(reader: ByteReader, nibble: number): number {
  let length = nibble;
  if (nibble < 15) return length;
  for (;;) {
    const more = reader.take(1).readUInt8();
    length += more;
    if (more !== 255) return length;
  }
}
