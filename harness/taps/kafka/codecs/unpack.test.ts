import fc from "fast-check";
import { expect, test } from "vitest";
import { ShortRead } from "../byte-reader.ts";
import { decodeRecords } from "../record-batch.ts";
import { batches } from "../testing/samples.ts";
import { unpackLz4 } from "./lz4.ts";
import { unpackSnappy } from "./snappy.ts";
import { unpack } from "./unpack.ts";

test("snappy: literals and copies, bare as other clients write it", () => {
  // "ab" and a copy of 8 from 2 back (google/snappy, format_description.txt).
  const bytes = Buffer.from([10, (2 - 1) << 2, 0x61, 0x62, ((8 - 4) << 2) | 1, 2]);
  expect(unpackSnappy(bytes, 10).toString()).toBe("ababababab");
});

test.each([
  ["snappy", () => unpackSnappy(Buffer.from([9, 0, 0x61, 0xfe, 1, 0]), 63)],
  ["lz4", () => unpackLz4(Buffer.from("04224d18604073050000001f61010000000000000000", "hex"), 10)],
])("%s: never more than it may give", (_, unpackTooMuch) => {
  expect(unpackTooMuch).toThrow(RangeError);
});

test("a bomb is not unpacked", () => {
  const bomb = Buffer.concat([
    Buffer.from("04224d186040730300000080", "hex"),
    Buffer.from([0x61, 0x61, 0x61]),
    ...Array.from({ length: 300 }, () =>
      // One literal, then a match of 255 * 1000 bytes.
      Buffer.concat([
        Buffer.from([0xf0, 0x03, 0, 0, 0x1f, 0x61, 1, 0]),
        Buffer.alloc(1000, 255),
        Buffer.from([0]),
      ]),
    ).map((block) => {
      block.writeUInt32LE(block.length - 4, 0);
      return block;
    }),
    Buffer.alloc(4),
  ]);
  expect(unpack(3, bomb)).toBeNull();
});

test.each([...batches.keys()])(
  "garbage in a %s batch is read as less, or as ShortRead",
  (packing) => {
    const bytes = batches.get(packing) ?? Buffer.alloc(0);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (at, flip, cut) => {
        const changed = Buffer.from(bytes);
        // Only the packed records are changed: what comes before is the batch's own head.
        const index = 61 + (at % (bytes.length - 61));
        changed[index] = (changed[index] ?? 0) ^ flip;
        const codec = (bytes[22] ?? 0) & 7;
        unpack(codec, changed.subarray(61, bytes.length - (cut % (bytes.length - 61))));
        try {
          decodeRecords(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(ShortRead);
        }
      }),
      { numRuns: 30 },
    );
  },
);
