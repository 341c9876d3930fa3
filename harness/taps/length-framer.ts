/**
 * A frame larger than this is not kept until it is whole: it streams through unread. Above kafkajs'
 * largest fetch (10 MB), and the most that one direction of a link keeps in memory.
 */
export const WHOLE_BYTES_MAX = 16 * 1024 * 1024;

/** What to do with a frame: wait until it is whole, pass it on as it comes, or give up framing. */
export type Treatment = "whole" | "stream" | "no-frame";

/** Where a frame's length stands, what it counts, and what to do with the frame. */
export interface FrameShape {
  /** Bytes before the int32 length (0 for Kafka, 1 for a typed Postgres message). */
  readonly lengthAt: number;
  /** Added to the length to get the whole frame's size. */
  readonly extra: number;
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** Bytes of a frame that `treat` needs; no frame is shorter. */
  readonly headBytes: number;
  /** Asked once for each frame. */
  readonly treat: (head: Buffer, size: number) => Treatment;
}

interface Begun {
  readonly size: number;
  readonly isStreamed: boolean;
  left: number;
}

/**
 * Cuts a byte stream into length-prefixed frames. After a head that cannot be, it gives up framing and
 * passes bytes through as they come: a link is never stalled by what is not understood.
 */
export class LengthFramer {
  private chunks: Buffer[] = [];
  private length = 0;
  private begun: Begun | null = null;
  private state: "frames" | "part" | "raw" = "frames";

  /** The last piece was no frame, and none will be. */
  isRaw(): boolean {
    return this.state === "raw";
  }

  /** The last piece was part of a frame that is not read. */
  isPart(): boolean {
    return this.state === "part";
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The next frame of `shape`, or as much of it as there is where it is streamed; null for none yet. */
  next(shape: FrameShape): Buffer | null {
    if (this.state === "raw") return this.take(this.length);
    this.begun ??= this.begin(shape);
    if (this.begun === null) return this.isRaw() ? this.take(this.length) : null;
    if (!this.begun.isStreamed) {
      this.state = "frames";
      const frame = this.take(this.begun.size);
      if (frame !== null) this.begun = null;
      return frame;
    }
    this.state = "part";
    const part = this.take(Math.min(this.length, this.begun.left));
    this.begun.left -= part?.length ?? 0;
    if (this.begun.left === 0) this.begun = null;
    return part;
  }

  /** The next `size` bytes, or null when they are not there yet. */
  take(size: number): Buffer | null {
    const first = this.peek(size);
    if (size === 0 || first === null) return null;
    const rest = first.subarray(size);
    if (rest.length > 0) this.chunks[0] = rest;
    else this.chunks.shift();
    this.length -= size;
    return first.subarray(0, size);
  }

  private begin(shape: FrameShape): Begun | null {
    const head = this.peek(shape.headBytes);
    if (head === null) return null;
    const length = head.readInt32BE(shape.lengthAt);
    const size = length + shape.extra;
    const isPossible = length >= shape.lengthMin && length <= shape.lengthMax;
    const treatment = isPossible ? shape.treat(head, size) : "no-frame";
    if (treatment !== "no-frame") return { size, isStreamed: treatment === "stream", left: size };
    this.state = "raw";
    return null;
  }

  /** The first chunk, made to hold at least `size` bytes; null when there are not as many. */
  private peek(size: number): Buffer | null {
    if (this.length < size) return null;
    let count = 0;
    let bytes = 0;
    while (bytes < size) bytes += this.chunks[count++]?.length ?? 0;
    if (count > 1) this.chunks.splice(0, count, Buffer.concat(this.chunks.slice(0, count)));
    return this.chunks[0] ?? Buffer.alloc(0);
  }
}
