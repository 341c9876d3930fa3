import type { Direction } from "../relay.ts";

/** Relays chunks the way the relay does; returns the bytes that went on. */
export async function relayed(direction: Direction, chunks: readonly Buffer[]): Promise<Buffer> {
  const out: Buffer[] = [];
  for (const chunk of chunks) {
    for (const frame of direction.push(chunk)) {
      const fate = await direction.handle(frame);
      if (fate === "drop") return Buffer.concat(out);
      out.push(fate.bytes);
      fate.forwarded?.();
    }
  }
  return Buffer.concat(out);
}

/** The bytes cut at these places. */
export function split(bytes: Buffer, at: readonly number[]): Buffer[] {
  const cuts = [0, ...[...at].sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}
