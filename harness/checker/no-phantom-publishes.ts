import { checked, type Checker } from "./check.ts";

/**
 * Nobody is told of what has not happened: an event is published after COMMIT was sent for it (whose
 * answer may have been lost). Order is the order on the wires (`seq`), never time.
 */
export const noPhantomPublishes: Checker = {
  id: "no-phantom-publishes",
  standsInPrefix: true,
  check: ({ wires }) =>
    checked(
      [...wires.early].map(([key, { instance, seq }]) => ({
        key,
        message: `no-phantom-publishes: ${instance} published ${key} before it had asked Postgres to commit anything of it.`,
        seqs: [seq],
      })),
    ),
};
