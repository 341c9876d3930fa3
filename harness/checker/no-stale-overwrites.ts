import { checked, type Checker } from "./check.ts";

/** Each change of a balance raises its version: nobody writes over what has happened since he looked. */
export const noStaleOverwrites: Checker = {
  id: "no-stale-overwrites",
  standsInPrefix: true,
  check: ({ changes }) =>
    checked(
      changes.overwrites.map(({ seq, instance, xid, account, version, balance }) => ({
        key: null,
        message: `no-stale-overwrites: ${instance ?? "nobody on a link"} wrote version ${version.next} of account ${account} over version ${version.old} in transaction ${xid}: balance ${balance.old} became ${balance.next}.`,
        seqs: [seq],
      })),
    ),
};
