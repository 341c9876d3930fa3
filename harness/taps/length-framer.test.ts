import fc from "fast-check";
import { expect, test } from "vitest";
import { LengthFramer, type FrameShape, type Treatment } from "./length-framer.ts";

const shape = (treat: (head: Buffer) => Treatment = () => "whole"): FrameShape => ({
  lengthAt: 0,
  extra: 4,
  lengthMin: 0,
  lengthMax: 1000,
  headBytes: 4,
  treat,
});
const frame = (text: string): Buffer => {
  const head = Buffer.alloc(4);
  head.writeInt32BE(text.length, 0);
  return Buffer.concat([head, Buffer.from(text)]);
};

function cut(chunks: readonly Buffer[], of = shape()): Buffer[] {
  const framer = new LengthFramer();
  return chunks.flatMap((chunk) => {
    framer.push(chunk);
    const frames: Buffer[] = [];
    for (let next = framer.next(of); next !== null; next = framer.next(of)) frames.push(next);
    return frames;
  });
}

test("frames split at every byte come out whole", () => {
  const bytes = Buffer.concat([frame("hello"), frame(""), frame("world")]);
  const expected = [frame("hello"), frame(""), frame("world")];
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(cut([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
  }
  expect(cut([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
});

test("a streamed frame goes on as it comes, and the next one is framed again", () => {
  const asked: number[] = [];
  const of = shape((head) => {
    asked.push(head.readInt32BE(0));
    return head.readInt32BE(0) === 100 ? "stream" : "whole";
  });
  const bytes = Buffer.concat([frame("a"), frame("x".repeat(100)), frame("b")]);
  const pieces = cut([bytes.subarray(0, 30), bytes.subarray(30, 60), bytes.subarray(60)], of);
  expect(pieces.map((piece) => piece.length)).toEqual([5, 25, 30, 49, 5]);
  expect(Buffer.concat(pieces)).toEqual(bytes);
  expect(asked).toEqual([1, 100, 1]); // once for each frame
});

test("garbage is passed on byte for byte and never stalls", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 64 }), (garbage) => {
      const bytes = Buffer.concat([Buffer.from([0x7f, 0xff, 0xff, 0xff]), garbage]);
      expect(Buffer.concat(cut([bytes]))).toEqual(bytes);
    }),
  );
});

test("a possible length with a head that cannot be is passed on as it comes", () => {
  const bytes = Buffer.concat([frame("good"), frame("bad"), Buffer.from("whatever")]);
  const treat = (head: Buffer): Treatment => (head.readInt32BE(0) === 3 ? "no-frame" : "whole");
  expect(Buffer.concat(cut([bytes], shape(treat)))).toEqual(bytes);
});
