import type { HostPort } from "./basics.ts";

/** One Toxiproxy proxy. Every call reads the state back and fails when it is not as asked. */
export interface ProxyHandle {
  readonly name: string;
  readonly listen: HostPort;
  /** `false` closes the listener and every connection of this proxy. */
  setEnabled(enabled: boolean): Promise<void>;
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
