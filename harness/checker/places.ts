import type { Position } from "../model/history.ts";

/** Something for each place in the topics; no string is made to look one up. */
export class Places<T> {
  private readonly topics = new Map<string, Map<number, Map<number, T>>>();

  constructor(entries: Iterable<readonly [Position, T]> = []) {
    for (const [position, value] of entries) this.set(position, value);
  }

  get({ topic, partition, offset }: Position): T | undefined {
    return this.topics.get(topic)?.get(partition)?.get(offset);
  }

  has(position: Position): boolean {
    return this.get(position) !== undefined;
  }

  set({ topic, partition, offset }: Position, value: T): void {
    const partitions = this.topics.get(topic) ?? new Map<number, Map<number, T>>();
    const offsets = partitions.get(partition) ?? new Map<number, T>();
    this.topics.set(topic, partitions.set(partition, offsets.set(offset, value)));
  }
}
