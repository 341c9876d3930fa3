import fc from "fast-check";
import { expect, test } from "vitest";
import { LengthFramer, type FrameShape } from "./length-framer.ts";

const shape: FrameShape = { lengthAt: 0, extra: 4, lengthMin: 0, lengthMax: 1000 };
const frame = (text: string): Buffer => {
  const head = Buffer.alloc(4);
  head.writeInt32BE(text.length, 0);
  return Buffer.concat([head, Buffer.from(text)]);
};

function cut(chunks: readonly Buffer[]): Buffer[] {
  const framer = new LengthFramer();
  return chunks.flatMap((chunk) => {
    framer.push(chunk);
    const frames: Buffer[] = [];
    for (let next = framer.next(shape); next !== null; next = framer.next(shape)) frames.push(next);
    return frames;
  });
}

test("frames split at every byte come out whole", () => {
  const bytes = Buffer.concat([frame("hello"), frame(""), frame("world")]);
  const expected = [frame("hello"), frame(""), frame("world")];
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(cut([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
  }
});

test("garbage is passed on byte for byte and never stalls", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 64 }), (garbage) => {
      const bytes = Buffer.concat([Buffer.from([0x7f, 0xff, 0xff, 0xff]), garbage]);
      expect(Buffer.concat(cut([bytes]))).toEqual(bytes);
    }),
  );
});
