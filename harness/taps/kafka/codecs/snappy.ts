import { ByteReader } from "../byte-reader.ts";
import { GrowingBytes } from "./growing-bytes.ts";

/** How Java's snappy stream starts: these bytes, then two int32 versions, then blocks with lengths. */
const XERIAL = Buffer.from("\x82SNAPPY\0", "latin1");

/**
 * Unpacks snappy (google/snappy, format_description.txt), framed as snappy-java does or bare. Throws
 * on bytes that are not snappy, and rather than give more than `max` bytes.
 */
export function unpackSnappy(bytes: Buffer, max: number): Buffer {
  const out = new GrowingBytes(max);
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) {
    unpackBlock(bytes, out);
    return out.done();
  }
  const reader = new ByteReader(bytes, XERIAL.length + 4 + 4);
  while (reader.remaining() > 0) unpackBlock(reader.take(reader.int32()), out);
  return out.done();
}

function unpackBlock(block: Buffer, out: GrowingBytes): void {
  const reader = new ByteReader(block);
  reader.uvarint(); // unpacked length
  while (reader.remaining() > 0) unpackElement(reader, out);
}

function unpackElement(reader: ByteReader, out: GrowingBytes): void {
  const tag = reader.take(1).readUInt8();
  const high = tag >> 2;
  switch (tag & 3) {
    case 0: {
      const extra = high - 59; // 60..63: the length stands in the next 1..4 bytes
      const length = extra <= 0 ? high : reader.take(extra).readUIntLE(0, extra);
      return out.append(reader.take(length + 1));
    }
    case 1: {
      const distance = ((tag >> 5) << 8) | reader.take(1).readUInt8();
      return out.repeat(distance, (high & 7) + 4);
    }
    case 2:
      return out.repeat(reader.take(2).readUInt16LE(), high + 1);
    default:
      return out.repeat(reader.take(4).readUInt32LE(), high + 1);
  }
}
