import type { FaultKind, InputRecord, World } from "./world.ts";

const EVERY_FAULT_OF_A_CONSUMER: readonly FaultKind[] = [
  "crash",
  "lost-request",
  "lost-answer",
  "refused-statement",
  "rebalance",
];

function record(eventId: string, key: string, partition: number, offset: number): InputRecord {
  const facts = { operation: "payment", account: "acc-1", amount: 100 };
  return { eventId, key, partition, offset, ...facts, isPoison: false, isCopy: false };
}

const THREE_PAYMENTS = [
  record("evt-1", "pay-1", 0, 0),
  record("evt-2", "pay-2", 0, 1),
  record("evt-3", "pay-3", 1, 0),
];
const SMALL = { instances: 2, partitions: 2, records: THREE_PAYMENTS, faultsMax: 2 } as const;

/** Small worlds, each with every fault that touches the roles it explores. */
export const worlds = {
  consume: {
    ...SMALL,
    id: "consume",
    title: "two consumers, three payments of one account in two partitions",
    before: [],
    explored: ["payments"],
    faults: EVERY_FAULT_OF_A_CONSUMER,
  },
  relay: {
    ...SMALL,
    id: "relay",
    title: "two relays and the consumers that fill their outbox, two payments of two accounts",
    records: [
      record("evt-1", "pay-1", 0, 0),
      { ...record("evt-2", "pay-2", 1, 0), account: "acc-2" },
    ],
    before: [],
    explored: ["payments", "relay"],
    faults: ["crash"],
    faultsMax: 1,
  },
  publish: {
    ...SMALL,
    id: "publish",
    title: "two relays, three rows in the outbox",
    before: ["payments"],
    explored: ["relay"],
    faults: ["crash", "lost-request", "lost-answer"],
  },
  "publish-order": {
    ...SMALL,
    id: "publish-order",
    title: "two relays and the consumer that fills their outbox, two events of one payment",
    records: [record("evt-1", "pay-1", 0, 0), record("evt-2", "pay-1", 0, 1)],
    before: [],
    explored: ["payments", "relay"],
    faults: ["crash"],
    faultsMax: 1,
  },
  capture: {
    ...SMALL,
    id: "capture",
    title: "two workers, three captures",
    before: ["payments"],
    explored: ["capture"],
    faults: ["crash", "lost-request", "lost-answer", "late-call", "expired-lease"],
  },
  settle: {
    ...SMALL,
    id: "settle",
    title: "two consumers of three settled payments, sharing a dedup table with the first consumer",
    before: ["payments", "relay"],
    explored: ["settlements"],
    faults: EVERY_FAULT_OF_A_CONSUMER,
  },
  "key-order": {
    ...SMALL,
    id: "key-order",
    title: "three events of one payment, in order",
    records: [1, 2, 3].map((n) => record(`evt-${n}`, "pay-1", 0, n - 1)),
    before: [],
    explored: ["payments"],
    faults: EVERY_FAULT_OF_A_CONSUMER,
  },
  copies: {
    ...SMALL,
    id: "copies",
    title: "an event that its producer sent twice, and another one",
    records: [
      record("evt-1", "pay-1", 0, 0),
      { ...record("evt-1", "pay-1", 0, 1), isCopy: true },
      record("evt-2", "pay-2", 1, 0),
    ],
    before: [],
    explored: ["payments"],
    faults: EVERY_FAULT_OF_A_CONSUMER,
  },
  operations: {
    ...SMALL,
    id: "operations",
    title: "an event of two operations, and another one",
    records: [
      record("evt-1", "pay-1", 0, 0),
      { ...record("evt-1", "fee-1", 0, 1), operation: "fee" },
      record("evt-2", "pay-2", 1, 0),
    ],
    before: [],
    explored: ["payments"],
    faults: EVERY_FAULT_OF_A_CONSUMER,
  },
  poison: {
    ...SMALL,
    id: "poison",
    title: "a record nobody can parse between two payments",
    records: THREE_PAYMENTS.map((payment, index) => ({ ...payment, isPoison: index === 1 })),
    before: [],
    explored: ["payments"],
    faults: EVERY_FAULT_OF_A_CONSUMER,
  },
} as const satisfies Readonly<Record<string, World>>;

export type WorldId = keyof typeof worlds;
