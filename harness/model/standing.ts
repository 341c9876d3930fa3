import type { RunVerdict } from "./verdict.ts";

/** What stands when a run with --keep-up has rehearsed its last scenario, for people to look at. */
export interface Standing {
  readonly scenario: string;
  readonly verdict: RunVerdict;
  /** In the order in which they are printed, e.g. { name: "Postgres", value: "postgres://…" }. */
  readonly addresses: readonly { readonly name: string; readonly value: string }[];
}
