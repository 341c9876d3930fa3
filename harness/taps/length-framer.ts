/** Where a frame's length stands and what it counts. */
export interface FrameShape {
  /** Bytes before the int32 length (0 for Kafka, 1 for a typed Postgres message). */
  readonly lengthAt: number;
  /** Added to the length to get the whole frame's size. */
  readonly extra: number;
  readonly lengthMin: number;
  readonly lengthMax: number;
}

/**
 * Cuts a byte stream into length-prefixed frames. After a length that cannot be, it gives up framing
 * and passes bytes through as they come (`isRaw`): a link is never stalled by what is not understood.
 */
export class LengthFramer {
  private waiting: Buffer = Buffer.alloc(0);
  private raw = false;

  isRaw(): boolean {
    return this.raw;
  }

  giveUp(): void {
    this.raw = true;
  }

  /** The next frame of `shape` in what has been pushed, or null. */
  next(shape: FrameShape): Buffer | null {
    if (this.raw) return this.take(this.waiting.length);
    const headBytes = shape.lengthAt + 4;
    if (this.waiting.length < headBytes) return null;
    const length = this.waiting.readInt32BE(shape.lengthAt);
    if (length < shape.lengthMin || length > shape.lengthMax) {
      this.raw = true;
      return this.take(this.waiting.length);
    }
    const size = length + shape.extra;
    return this.waiting.length < size ? null : this.take(size);
  }

  push(chunk: Buffer): void {
    this.waiting = this.waiting.length === 0 ? chunk : Buffer.concat([this.waiting, chunk]);
  }

  /** The next `size` bytes, or null when they are not there yet. */
  take(size: number): Buffer | null {
    if (size === 0 || this.waiting.length < size) return null;
    const frame = this.waiting.subarray(0, size);
    this.waiting = this.waiting.subarray(size);
    return frame;
  }
}
