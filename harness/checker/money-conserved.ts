import type { Row } from "../model/history.ts";
import { checked, type Breach, type Checker } from "./check.ts";
import type { Evidence } from "./evidence.ts";

/**
 * Ledger and balances agree to the minor unit: per account, opening balance plus ledger entries is
 * the closing balance. A payment posted twice in both is no-duplicate-effects's finding, not this.
 */
export const moneyConserved: Checker = {
  id: "money-conserved",
  check: (evidence) => {
    const { balance } = evidence.header;
    if (balance === null) return checked([]);
    const ledger = ledgerTotals(evidence, balance.ledger);
    const closing = balances(evidence);
    const accounts = new Set([...ledger.keys(), ...closing.keys()]);
    return checked([...accounts].flatMap((account) => breachOf(account, ledger, closing)));
  },
};

function breachOf(
  account: string,
  ledger: ReadonlyMap<string, number>,
  closing: ReadonlyMap<string, number>,
): readonly Breach[] {
  const posted = ledger.get(account) ?? 0;
  const moved = closing.get(account) ?? 0;
  const isWhole = Number.isSafeInteger(posted) && Number.isSafeInteger(moved);
  if (isWhole && posted === moved) return [];
  const message = `money-conserved: account ${account} has ledger entries of ${posted} in all, but its balance moved by ${moved} (minor units).`;
  return [{ key: null, message }];
}

function ledgerTotals(evidence: Evidence, id: string): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  const ledger = evidence.header.effects.find((effect) => effect.id === id);
  if (ledger?.kind !== "row") return totals;
  const add = (row: Row | null, sign: number): void => {
    if (row === null) return;
    const account = String(row[ledger.account ?? "account"]);
    totals.set(account, (totals.get(account) ?? 0) + sign * Number(row[ledger.amount ?? "amount"]));
  };
  for (const { table, before, after } of evidence.changes) {
    if (table !== ledger.table) continue;
    add(before, -1);
    add(after, 1);
  }
  return totals;
}

/** How far each balance moved, change by change. */
function balances(evidence: Evidence): ReadonlyMap<string, number> {
  const moved = new Map<string, number>();
  const { balance } = evidence.header;
  if (balance === null) return moved;
  for (const { table, before, after } of evidence.changes) {
    if (table !== balance.table) continue;
    const account = String((after ?? before)?.[balance.account]);
    const delta = Number(after?.[balance.balance] ?? 0) - Number(before?.[balance.balance] ?? 0);
    moved.set(account, (moved.get(account) ?? 0) + delta);
  }
  return moved;
}
