import type { HostPort } from "./basics.ts";

/** A toxic on every connection of a proxy, toxicity 1. Times in milliseconds, rates in kB/s. */
export type Toxic =
  | { readonly type: "timeout"; readonly timeoutMs: number }
  | { readonly type: "latency"; readonly latencyMs: number }
  | { readonly type: "bandwidth"; readonly kilobytesPerSecond: number };

/** `to-server`: what the subject sends (Toxiproxy's upstream). `to-subject`: what it is answered. */
export type ToxicDirection = "to-server" | "to-subject";

/** One Toxiproxy proxy. Every call reads the state back and fails when it is not as asked. */
export interface ProxyHandle {
  readonly name: string;
  /** Where the harness reaches it. */
  readonly listen: HostPort;
  /** Where the subject reaches it. */
  readonly address: HostPort;
  /** `false` closes the listener and every connection of this proxy. */
  setEnabled(enabled: boolean): Promise<void>;
  /** Adds a toxic; returns its name. */
  addToxic(toxic: Toxic, direction: ToxicDirection): Promise<string>;
  /** Removing a `timeout` toxic closes the connections it touched. */
  removeToxic(name: string): Promise<void>;
  remove(): Promise<void>;
}

export interface ProxyServer {
  readonly version: string;
  /** `listenPort` 0 lets the proxy choose. */
  createProxy(spec: {
    readonly name: string;
    readonly listenPort: number;
    readonly upstream: HostPort;
  }): Promise<ProxyHandle>;
}
