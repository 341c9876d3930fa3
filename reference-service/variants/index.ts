import { ackBeforeCommit } from "./ack-before-commit.ts";
import { noDedup } from "./no-dedup.ts";
import type { Variant } from "./variant.ts";

/** Every known-broken twin of this service. */
export const variants: readonly Variant[] = [noDedup, ackBeforeCommit];
