import { checked, type Breach, type Checker } from "./check.ts";
import type { AccountTotals } from "./change-facts.ts";

/**
 * Ledger and balances agree to the minor unit: per account, opening balance plus ledger entries is
 * the closing balance. A payment posted twice in both is no-duplicate-effects's finding, not this.
 */
export const moneyConserved: Checker = {
  id: "money-conserved",
  check: ({ header, changes }) =>
    checked(
      header.balance === null
        ? []
        : [...changes.totals]
            .toSorted(byName)
            .flatMap(([account, totals]) => breachOf(account, totals)),
    ),
};

function breachOf(account: string, { posted, moved }: AccountTotals): readonly Breach[] {
  const isWhole = Number.isSafeInteger(posted) && Number.isSafeInteger(moved);
  if (isWhole && posted === moved) return [];
  const message = `money-conserved: account ${account} has ledger entries of ${posted} in all, but its balance moved by ${moved} (minor units).`;
  return [{ key: null, message }];
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
