import type { Position } from "../model/history.ts";

/** Offsets come in rows: a page of them is one small array. */
const PAGE = 1_024;

type Pages<T> = Map<number, (T | undefined)[]>;

/** Something for each place in the topics; no string is made to look one up. */
export class Places<T> {
  /** How many places have something. */
  size = 0;
  private readonly topics = new Map<string, Map<number, Pages<T>>>();

  constructor(entries: Iterable<readonly [Position, T]> = []) {
    for (const [position, value] of entries) this.set(position, value);
  }

  get({ topic, partition, offset }: Position): T | undefined {
    const pages = this.topics.get(topic)?.get(partition);
    return pages?.get(Math.floor(offset / PAGE))?.[offset % PAGE];
  }

  has(position: Position): boolean {
    return this.get(position) !== undefined;
  }

  set({ topic, partition, offset }: Position, value: T): void {
    const partitions = this.topics.get(topic) ?? new Map<number, Pages<T>>();
    const pages: Pages<T> = partitions.get(partition) ?? new Map();
    const number = Math.floor(offset / PAGE);
    const page = pages.get(number) ?? [];
    if (page[offset % PAGE] === undefined) this.size += 1;
    page[offset % PAGE] = value;
    this.topics.set(topic, partitions.set(partition, pages.set(number, page)));
  }
}
