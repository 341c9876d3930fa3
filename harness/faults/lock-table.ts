import type { Fault } from "../ports/fault.ts";

/** A migration, a report or a forgotten session holds the table: writes wait for their lock timeout. */
export const lockTable: Fault<"lock-table"> = {
  name: "lock-table",
  unavailable: () => null,
  inject: (spec, field) => {
    let lock: AsyncDisposable | null = null;
    return {
      carryOut: async () => {
        lock = await field.lockTable(spec.table);
        return `another session holds ${spec.table} in EXCLUSIVE mode`;
      },
      heal: async () => {
        try {
          return `${await field.seen(spec.until)}; ${spec.table} was let go`;
        } finally {
          await lock?.[Symbol.asyncDispose]();
        }
      },
      verify: () => Promise.resolve(`the session that held ${spec.table} has rolled back`),
    };
  },
};
