import { connect } from "node:net";
import type { HostPort } from "../../ports/basics.ts";

const CONNECT_TIMEOUT_MS = 500;

/** True when something accepts a TCP connection there: cheaper to ask than a driver. */
export function isListening({ host, port }: HostPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}
