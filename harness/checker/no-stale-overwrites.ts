import { checked, type Checker } from "./check.ts";

/** Each change of a balance raises its version: nobody writes over what has happened since he looked. */
export const noStaleOverwrites: Checker = {
  id: "no-stale-overwrites",
  check: (evidence) => {
    const { balance } = evidence.header;
    const version = balance?.version;
    if (balance === null || version === undefined) return checked([]);
    return checked(
      evidence.changes.flatMap(({ table, before, after, instance, xid }) => {
        if (table !== balance.table || before === null || after === null) return [];
        const [old, next] = [Number(before[version]), Number(after[version])];
        if (!(next <= old)) return [];
        const account = String(after[balance.account]);
        const message = `no-stale-overwrites: ${instance ?? "nobody on a link"} wrote version ${next} of account ${account} over version ${old} in transaction ${xid}: balance ${String(before[balance.balance])} became ${String(after[balance.balance])}.`;
        return [{ key: null, message }];
      }),
    );
  },
};
