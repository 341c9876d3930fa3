/** Counts how often each offset was delivered to any instance of one scenario. */
export class DeliveryCounter {
  private readonly counts = new Map<string, number>();

  /** 1 for the first delivery of this offset, 2 for the first redelivery, ... */
  next(topic: string, partition: number, offset: number): number {
    const name = `${topic}/${partition}/${offset}`;
    const attempt = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, attempt);
    return attempt;
  }
}
