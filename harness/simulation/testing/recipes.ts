import fc from "fast-check";
import { RECORD_KINDS, type Recipe } from "../generated-history.ts";

/** Recipes of valid histories; they shrink towards few records, no fault and the first of all choices. */
export function recipes(limits: { readonly faultsMax: number }): fc.Arbitrary<Recipe> {
  return fc.record({
    instances: fc.integer({ min: 1, max: 3 }),
    partitions: fc.integer({ min: 1, max: 3 }),
    records: fc.array(
      fc.record({
        kind: fc.constantFrom(...RECORD_KINDS),
        partition: fc.nat(2),
        account: fc.nat(1),
      }),
      { minLength: 1, maxLength: 7, size: "max" },
    ),
    faultsMax: fc.nat(limits.faultsMax),
    choices: fc.array(fc.nat(5_999), { maxLength: 200, size: "max" }),
    unanswered: fc.uniqueArray(fc.nat(6), { maxLength: 2 }),
    neverStored: fc.nat(1),
  });
}
