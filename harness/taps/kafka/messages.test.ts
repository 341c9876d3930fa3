import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, ShortRead } from "./byte-reader.ts";
import { readFetchResponse, readOffsetCommit, readRequestHead } from "./messages.ts";
import { decodeRecords } from "./record-batch.ts";

const int16 = (n: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(n);
  return bytes;
};
const int32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
};
const int64 = (n: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(n));
  return bytes;
};
const string = (text: string): Buffer => Buffer.concat([int16(text.length), Buffer.from(text)]);
/** Zigzag for the small non-negative numbers used here. */
const varint = (n: number): Buffer => Buffer.from([n * 2]);

function batch(baseOffset: number, keys: readonly string[]): Buffer {
  const records = keys.map((key, delta) => {
    const body = Buffer.concat([
      Buffer.from([0]),
      varint(0),
      varint(delta),
      varint(key.length),
      Buffer.from(key),
      varint(0),
      varint(0),
    ]);
    return Buffer.concat([varint(body.length), body]);
  });
  const body = Buffer.concat([
    int32(0),
    Buffer.from([2]),
    int32(0),
    int16(0),
    int32(keys.length - 1),
    int64(0),
    int64(0),
    int64(-1),
    int16(-1),
    int32(-1),
    int32(keys.length),
    ...records,
  ]);
  return Buffer.concat([int64(baseOffset), int32(body.length), body]);
}

test("offsets and keys of several batches are read, a cut-off last batch is left out", () => {
  const bytes = Buffer.concat([
    batch(5, ["a", "b"]),
    batch(7, ["c"]),
    batch(8, ["d"]).subarray(0, 20),
  ]);
  expect(decodeRecords(bytes)).toEqual([
    { offset: 5, key: "a" },
    { offset: 6, key: "b" },
    { offset: 7, key: "c" },
  ]);
});

test("a Fetch response v11 gives its records; other topics are not decoded", () => {
  const records = batch(3, ["k"]);
  const partition = Buffer.concat([
    int32(0),
    int16(0),
    int64(9),
    int64(9),
    int64(0),
    int32(0),
    int32(-1),
    int32(records.length),
    records,
  ]);
  const bytes = Buffer.concat([
    int32(0),
    int16(0),
    int32(0),
    int32(1),
    string("t"),
    int32(1),
    partition,
  ]);
  expect(readFetchResponse(new ByteReader(bytes), 11, () => true)).toEqual([
    { topic: "t", partition: 0, records: [{ offset: 3, key: "k" }] },
  ]);
  expect(readFetchResponse(new ByteReader(bytes), 11, () => false)[0]?.records).toEqual([]);
});

test("an OffsetCommit v5 names its member and partitions", () => {
  const bytes = Buffer.concat([
    string("g"),
    int32(4),
    string("m"),
    int32(1),
    string("t"),
    int32(1),
    int32(2),
    int64(41),
    int16(-1),
  ]);
  expect(readOffsetCommit(new ByteReader(bytes), 5)).toEqual({
    group: "g",
    memberId: "m",
    partitions: [{ topic: "t", partition: 2, offset: 41 }],
  });
});

test("garbage ends in ShortRead or a value, never in a hang or another error", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 0, max: 11 }),
      (raw, version) => {
        const bytes = Buffer.from(raw);
        const reads = [
          () => readFetchResponse(new ByteReader(bytes), version, () => true),
          () => readOffsetCommit(new ByteReader(bytes), Math.min(version, 7)),
          () => decodeRecords(bytes),
          () => readRequestHead(bytes),
        ];
        for (const read of reads) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(ShortRead);
          }
        }
      },
    ),
  );
});
