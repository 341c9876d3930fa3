import type { HostPort } from "./basics.ts";

/** The harness's double of the external API. One address per instance, one ledger. */
export interface ApiDouble extends AsyncDisposable {
  /** Where the proxy of an instance connects to. */
  addressFor(instance: string): HostPort;
  /** Requests received whose answer has not been sent. */
  owed(): number;
  close(): Promise<void>;
}
