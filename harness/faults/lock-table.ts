import type { Fault } from "../ports/fault.ts";
import { endAt } from "./end-at.ts";

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
      heal: () =>
        endAt(field, spec.until, async () => {
          await lock?.[Symbol.asyncDispose]();
          return `${spec.table} was let go`;
        }),
      verify: () => field.unlocked(spec.table),
    };
  },
};
