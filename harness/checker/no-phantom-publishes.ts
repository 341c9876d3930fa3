import { checked, type Checker } from "./check.ts";

/**
 * Nobody is told of what has not happened: an event is published after COMMIT was sent for it (whose
 * answer may have been lost). Order is the order on the wires (`seq`), never time.
 */
export const noPhantomPublishes: Checker = {
  id: "no-phantom-publishes",
  check: (evidence) => {
    const committed = new Set<string>();
    const early = new Map<string, string>();
    for (const { boundary, keys, instance } of evidence.wires) {
      for (const key of keys) {
        if (boundary === "postgres.commit.requested") committed.add(key);
        else if (boundary === "kafka.produce.requested" && !committed.has(key))
          early.set(key, instance);
      }
    }
    return checked(
      [...early].map(([key, instance]) => ({
        key,
        message: `no-phantom-publishes: ${instance} published ${key} before it had asked Postgres to commit anything of it.`,
      })),
    );
  },
};
