import { apply, faultsOf, stepsOf, type Action } from "./actions.ts";
import { ROLES, type State } from "./state.ts";
import { initialState, type Context } from "./world.ts";

/** A place from which no explored role has a step left, and how it was reached. */
export interface Ending {
  readonly actions: readonly Action[];
  readonly faults: number;
  readonly state: State;
  /** All that a judge looks at: no two endings have the same. */
  readonly name: string;
}

export interface Exploration {
  readonly states: number;
  /** Endings that a judge could tell apart, shortest first. */
  readonly endings: readonly Ending[];
}

/** A bound, not a budget: an exploration that reaches it has found nothing out. */
const STATES_MAX = 5_000_000;
const STEPS_MAX = 10_000;

/**
 * Every interleaving of the explored roles' steps with up to `faultsMax` faults at every point,
 * breadth first: each state is visited once, on a shortest way to it. Two states are the same when
 * all that can still happen and all that a judge could see of the past is the same.
 */
export function explore(
  context: Context,
  faultsMax: number,
  reduce: typeof reduced = reduced,
): Exploration {
  const naming = new Naming();
  const { explored } = context.world;
  const start = prologue(context, initialState(context.world));
  const ways: Way[] = [{ from: -1, action: null }];
  const endings = new Map<string, { readonly at: number; readonly state: State }>();
  naming.isNew(start);
  let frontier: { readonly at: number; readonly state: State }[] = [{ at: 0, state: start }];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { at, state } of frontier) {
      const steps = reduce(context, state, stepsOf(context, state, explored));
      if (steps.length === 0) {
        const name = judgedName(context, state);
        if (!endings.has(name)) endings.set(name, { at, state });
        continue;
      }
      const faults = state.faults < faultsMax ? faultsOf(context, state) : [];
      for (const action of [...steps, ...faults]) {
        const reached = apply(context, state, action);
        if (!naming.isNew(reached)) continue;
        ways.push({ from: at, action });
        next.push({ at: ways.length - 1, state: reached });
      }
    }
    if (ways.length > STATES_MAX) throw new Error(`more than ${STATES_MAX} states`);
    frontier = next;
  }
  return {
    states: ways.length,
    endings: [...endings].map(([name, { at, state }]) => ({
      name,
      actions: wayTo(ways, at),
      faults: state.faults,
      state,
    })),
  };
}

/**
 * Leaves out interleavings that differ in nothing: a server that was asked answers before anybody else
 * goes on, because whatever came in between could as well have come before the question. Faults still
 * fall between question, deed and answer. Where a relay reads what others make visible meanwhile, this
 * holds for offset commits only.
 */
export function reduced(
  { world }: Context,
  state: State,
  steps: readonly Action[],
): readonly Action[] {
  const isRead = world.explored.includes("relay");
  const served = state.lanes.find(
    ({ role, pending }) =>
      world.explored.includes(role) &&
      pending !== null &&
      !pending.isDone &&
      (pending.kind === "offset" || !isRead),
  );
  return served === undefined ? steps : [{ kind: "serve", lane: served.id }];
}

interface Way {
  readonly from: number;
  readonly action: Action | null;
}

function wayTo(ways: readonly Way[], at: number): readonly Action[] {
  const actions: Action[] = [];
  for (let way = ways[at]; way !== undefined && way.action !== null; way = ways[way.from]) {
    actions.push(way.action);
  }
  return actions.reverse();
}

/** What is not explored and comes before it: to its end, one step at a time. */
export function prologue(context: Context, state: State): State {
  return context.world.before.reduce((before, role) => settled(context, before, [role]), state);
}

/** What is left for roles that are not explored, to the end. */
export function epilogue(context: Context, state: State): State {
  return ROLES.reduce((before, role) => settled(context, before, [role]), state);
}

function settled(context: Context, state: State, roles: Parameters<typeof stepsOf>[2]): State {
  let current = state;
  for (let count = 0; count < STEPS_MAX; count += 1) {
    const [action] = stepsOf(context, current, roles);
    if (action === undefined) return current;
    current = apply(context, current, action);
  }
  throw new Error(`${roles.join(", ")} never came to an end`);
}

/** All that a judge looks at, spelled out: endings with one such name have one verdict. */
function judgedName({ world }: Context, state: State): string {
  const { groups, output, database, api, seen } = state;
  const keyOf = ({ event }: State["output"][number]): string => world.records[event]?.key ?? "";
  return JSON.stringify([
    groups.payments.committed,
    groups.settlements.committed,
    // Which records were published counts, how often, and the order within a key.
    output.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b))),
    judgedCommits(database),
    [api.received, api.applied],
    sortedEntries(seen),
  ]);
}

/** In their order; what the relay marks is not judged. */
function judgedCommits({ commits }: State["database"]): State["database"]["commits"] {
  return commits.filter(({ changes }) => changes[0]?.table !== "outbox-published");
}

/** Keys in one order, whichever was noted first. */
function sortedEntries(seen: State["seen"]): readonly (readonly [string, string])[] {
  return Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Names states: equal parts have one number, and a name is the numbers of its parts. */
class Naming {
  private readonly numbers = new Map<string, number>();
  private readonly known = new WeakMap<object, number>();
  private readonly seen = new Set<string>();

  isNew(state: State): boolean {
    const name = this.nameOf(state);
    if (this.seen.has(name)) return false;
    this.seen.add(name);
    return true;
  }

  private nameOf(state: State): string {
    const { groups, output, database, api, instances, lanes, faults, seen } = state;
    const { outbox, captures } = database;
    const parts = [groups, output, outbox, captures, api, this.sorted(seen), ...instances];
    // All other tables follow from the commits.
    const commits = judgedCommits(database)
      .map(({ instance, changes }) => `${instance}:${this.numberOf(changes)}`)
      .join(" ");
    return `${this.joined(parts)} ${commits}/${this.joined(lanes)}/${faults}`;
  }

  private joined(parts: readonly object[]): string {
    return parts.map((part) => this.numberOf(part)).join(" ");
  }

  private numberOf(part: object): number {
    const cached = this.known.get(part);
    if (cached !== undefined) return cached;
    const text = JSON.stringify(part);
    const number = this.numbers.get(text) ?? this.numbers.size;
    this.numbers.set(text, number);
    this.known.set(part, number);
    return number;
  }

  private readonly orders = new WeakMap<object, object>();

  private sorted(seen: State["seen"]): object {
    const cached = this.orders.get(seen);
    if (cached !== undefined) return cached;
    const sorted = sortedEntries(seen);
    this.orders.set(seen, sorted);
    return sorted;
  }
}
