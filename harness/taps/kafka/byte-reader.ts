/** Thrown by ByteReader when the bytes end early or make no sense; never leaves the tap. */
export class ShortRead extends Error {}

const ARRAY_LENGTH_MAX = 1_000_000;

/** Reads Kafka's primitive types (protocol guide, "Protocol Primitive Types") from one frame. */
export class ByteReader {
  private readonly bytes: Buffer;
  private at: number;
  /** KIP-482: compact strings and arrays, and tagged fields after each struct. */
  isFlexible = false;

  constructor(bytes: Buffer, from = 0) {
    this.bytes = bytes;
    this.at = from;
  }

  remaining(): number {
    return this.bytes.length - this.at;
  }

  skip(count: number): void {
    if (count < 0) throw new ShortRead("negative skip");
    this.need(count);
    this.at += count;
  }

  int8(): number {
    this.need(1);
    return this.bytes.readInt8(this.at++);
  }

  int16(): number {
    this.need(2);
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.need(4);
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** An int64 that is an offset or id: beyond 2^53 it is no value Kafka hands out. */
  int64(): number {
    this.need(8);
    this.at += 8;
    return Number(this.bytes.readBigInt64BE(this.at - 8));
  }

  /** A zigzag varint (or varlong). */
  varint(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.int8() & 0xff;
      value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return Number((value >> 1n) ^ -(value & 1n));
    }
    throw new ShortRead("varint too long");
  }

  /** An unsigned varint of at most 35 bits. */
  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.int8() & 0xff;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new ShortRead("uvarint too long");
  }

  /** A UUID as 32 hexadecimal digits: how a topic id is told apart here. */
  uuid(): string {
    return this.take(16).toString("hex");
  }

  string(): string {
    return this.nullableString() ?? "";
  }

  nullableString(): string | null {
    const length = this.isFlexible ? this.uvarint() - 1 : this.int16();
    return length < 0 ? null : this.take(length).toString("utf8");
  }

  /** Bytes with their length before them; null for none. */
  nullableBytes(): Buffer | null {
    const length = this.isFlexible ? this.uvarint() - 1 : this.int32();
    return length < 0 ? null : this.take(length);
  }

  /** Skips the tagged fields that end a flexible struct; nothing otherwise. */
  tags(): void {
    if (!this.isFlexible) return;
    const count = this.uvarint();
    if (count > ARRAY_LENGTH_MAX) throw new ShortRead("too many tagged fields");
    for (let index = 0; index < count; index += 1) {
      this.uvarint(); // tag
      this.skip(this.uvarint());
    }
  }

  take(count: number): Buffer {
    if (count < 0) throw new ShortRead("negative length");
    this.need(count);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** Null arrays read as empty. */
  array<T>(read: () => T): T[] {
    const length = this.isFlexible ? this.uvarint() - 1 : this.int32();
    if (length > ARRAY_LENGTH_MAX) throw new ShortRead("array too long");
    const items: T[] = [];
    for (let index = 0; index < length; index += 1) items.push(read());
    return items;
  }

  private need(count: number): void {
    if (this.remaining() < count) throw new ShortRead(`${count} bytes wanted`);
  }
}
