/** Bytes that a decoder writes and copies from, never more than `max`. */
export class GrowingBytes {
  private readonly max: number;
  private bytes: Buffer;
  private length = 0;

  constructor(max: number) {
    this.max = max;
    this.bytes = Buffer.alloc(Math.min(max, 4096));
  }

  append(chunk: Buffer): void {
    this.reserve(chunk.length);
    chunk.copy(this.bytes, this.length);
    this.length += chunk.length;
  }

  /** Repeats `count` bytes that stand `distance` back; they may reach into what they write. */
  repeat(distance: number, count: number): void {
    if (distance <= 0 || distance > this.length) throw new RangeError("distance");
    this.reserve(count);
    for (let index = 0; index < count; index += 1) {
      this.bytes[this.length] = this.bytes[this.length - distance] ?? 0;
      this.length += 1;
    }
  }

  done(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted > this.max) throw new RangeError("more than is to be unpacked");
    if (wanted <= this.bytes.length) return;
    const grown = Buffer.alloc(Math.min(this.max, Math.max(wanted, this.bytes.length * 2)));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
