import { placeOf, type PartitionOffset } from "./messages.ts";

/** What each group of one scenario has committed, over whichever instance's link. */
export class CommittedOffsets {
  private readonly committed = new Map<string, number>();

  /** Offsets a commit newly covers: from the group's last one up to, not including, this. */
  newlyCovered(group: string, at: PartitionOffset, most: number): readonly number[] {
    const from = Math.max(this.committed.get(nameOf(group, at)) ?? 0, at.offset - most);
    return Array.from({ length: Math.max(0, at.offset - from) }, (_, index) => from + index);
  }

  note(group: string, at: PartitionOffset): void {
    this.committed.set(nameOf(group, at), at.offset);
  }
}

function nameOf(group: string, at: PartitionOffset): string {
  return `${group} ${placeOf(at)}`;
}
