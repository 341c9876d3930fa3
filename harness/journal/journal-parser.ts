import { HarnessError } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import { BASE, FORMAT_VERSION, SHAPES } from "../model/history-shape.ts";
import { faultInFields, isObject, shapeTest, type ShapeTest } from "../model/shape.ts";

const NEWLINE = 10;
const LINE_BYTES_MAX = 64 * 2 ** 20;

/** A journal that cannot be read to its end; where, and why. Nothing of it may be judged. */
export class CorruptJournal extends HarnessError {
  readonly line: number;
  readonly byte: number;

  constructor(
    at: { readonly file: string; readonly line: number; readonly byte: number },
    why: string,
  ) {
    const { file, line, byte } = at;
    super("usage", `${file}, line ${line} (byte ${byte}): ${why}. Nothing was judged.`);
    this.line = line;
    this.byte = byte;
  }
}

export interface ReadTo {
  readonly lines: number;
  readonly bytes: number;
  /** True when the last line has no end: the harness died while writing it. */
  readonly isTorn: boolean;
}

/**
 * Turns the bytes of a journal into events, in order, with no more than a line in hand. CorruptJournal
 * says where the bytes are no history; HarnessError("usage") that they are of a later format.
 */
export class JournalParser {
  private readonly file: string;
  private readonly see: (event: HistoryEvent) => void;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private lines = 0;
  private bytes = 0;
  private seq = -1;

  constructor(file: string, see: (event: HistoryEvent) => void) {
    this.file = file;
    this.see = see;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      if (this.pendingBytes === 0) this.line(chunk, start, end);
      else {
        const whole = Buffer.concat([...this.pending, chunk.subarray(start, end)]);
        this.pending = [];
        this.pendingBytes = 0;
        this.line(whole, 0, whole.length);
      }
      start = end + 1;
    }
    if (start === chunk.length) return;
    this.pending.push(chunk.subarray(start));
    this.pendingBytes += chunk.length - start;
    if (this.pendingBytes > LINE_BYTES_MAX) {
      throw this.corrupt(`it is longer than ${LINE_BYTES_MAX / 2 ** 20} MiB`);
    }
  }

  /** For a container of the lines that ends in the middle, or is none. */
  damaged(why: string): CorruptJournal {
    return this.corrupt(`the compressed file is damaged (${why})`);
  }

  end(): ReadTo {
    return { lines: this.lines, bytes: this.bytes, isTorn: this.pendingBytes > 0 };
  }

  private line(bytes: Buffer, start: number, end: number): void {
    const event = this.event(bytes.toString("utf8", start, end));
    if (event.seq <= this.seq) throw this.corrupt(`seq ${event.seq} does not follow ${this.seq}`);
    this.seq = event.seq;
    this.lines += 1;
    this.bytes += end - start + 1;
    this.see(event);
  }

  private event(line: string): HistoryEvent {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw this.corrupt("it is not JSON");
    }
    if (!isObject(value)) throw this.corrupt("it is no event");
    if (isEvent(value)) return value;
    const written = value["formatVersion"];
    if (value["stream"] === "header" && typeof written === "number" && written > FORMAT_VERSION) {
      throw newer(this.file, written);
    }
    const fault = faultInEvent(value);
    if (fault !== null) throw this.corrupt(fault);
    return value as unknown as HistoryEvent;
  }

  private corrupt(why: string): CorruptJournal {
    return new CorruptJournal({ file: this.file, line: this.lines + 1, byte: this.bytes }, why);
  }
}

function newer(file: string, written: number): HarnessError {
  return new HarnessError(
    "usage",
    `${file} is written in history format ${written}; this gameday reads up to ${FORMAT_VERSION}. Install the gameday that wrote it, or a later one: npm install gameday@latest.`,
  );
}

/** Compiled once: a history has millions of lines and a dozen shapes. */
const SHAPE_TESTS: ReadonlyMap<unknown, readonly ShapeTest[]> = new Map(
  Object.entries(SHAPES).map(([stream, shapes]) => [
    stream,
    stream === "header" ? [] : shapes.map((fields) => shapeTest({ ...BASE, ...fields })),
  ]),
);

/** False also for a header: it is looked at more closely. */
function isEvent(value: Readonly<Record<string, unknown>>): value is HistoryEvent & typeof value {
  const tests = SHAPE_TESTS.get(value["stream"]);
  if (tests === undefined) return false;
  for (const test of tests) if (test(value)) return true;
  return false;
}

function faultInEvent(value: Readonly<Record<string, unknown>>): string | null {
  const fault = faultInFields(value, BASE, "");
  if (fault !== null) return fault;
  const { stream } = value;
  if (typeof stream !== "string" || !Object.hasOwn(SHAPES, stream)) {
    return `stream ${JSON.stringify(stream)} is unknown to this version`;
  }
  const shapes = SHAPES[stream as HistoryEvent["stream"]];
  const faults = shapes.map((shape) => faultInFields(value, shape, `${stream}: `));
  return faults.includes(null) ? null : (faults[0] ?? null);
}
