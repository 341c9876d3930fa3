import type { StackAdapter, StackOptions, StartedStack } from "../ports/stack.ts";

interface Kept {
  readonly stack: StartedStack;
  readonly brokers: number;
  readonly roles: number;
}

/**
 * A stack that outlives runs: what one run gives back, the next that wants the same takes. A stack
 * that was stopped (because a fault was not healed on it, say) is not given back. Log files stay in
 * the folder of the run that started the stack.
 */
export class StackPool implements StackAdapter, AsyncDisposable {
  readonly name: StackAdapter["name"];
  readonly abilities: StackAdapter["abilities"];
  private readonly inner: StackAdapter;
  private readonly idle: Kept[] = [];

  constructor(inner: StackAdapter) {
    this.inner = inner;
    this.name = inner.name;
    this.abilities = inner.abilities;
  }

  diagnose(): ReturnType<StackAdapter["diagnose"]> {
    return this.inner.diagnose();
  }

  async start(options: StackOptions): Promise<StartedStack> {
    const { brokers, roles } = options;
    const at = this.idle.findIndex(
      (kept) => kept.brokers === brokers && kept.roles >= roles.length,
    );
    const [found] = at < 0 ? [] : this.idle.splice(at, 1);
    return this.lent(
      found ?? { stack: await this.inner.start(options), brokers, roles: roles.length },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.idle.splice(0).map(({ stack }) => stack.stop()));
  }

  private lent(kept: Kept): StartedStack {
    let isOver = false;
    return {
      ...kept.stack,
      stop: async () => {
        isOver = true;
        await kept.stack.stop();
      },
      [Symbol.asyncDispose]: () => {
        if (!isOver) this.idle.push(kept);
        isOver = true;
        return Promise.resolve();
      },
    };
  }
}
