/**
 * Frontend and backend messages of protocol 3.0, read just far enough
 * (PostgreSQL manual, "Message Formats"). Pure; null for what cannot be read.
 */
const SSL_REQUEST = 80_877_103;
const GSSENC_REQUEST = 80_877_104;
const PROTOCOL_3 = 196_608;

export type StartupKind = "startup" | "encryption-request" | "other";

/** What the first packet of a connection asks for. */
export function startupKind(packet: Buffer): StartupKind {
  if (packet.length < 8) return "other";
  const code = packet.readInt32BE(4);
  if (code === SSL_REQUEST || code === GSSENC_REQUEST) return "encryption-request";
  return code === PROTOCOL_3 || code >>> 16 === 3 ? "startup" : "other";
}

/** The same StartupMessage with `application_name` set to `name`. */
export function withApplicationName(packet: Buffer, name: string): Buffer {
  const fields = packet.subarray(8).toString("utf8").split("\0");
  const kept: string[] = [];
  for (let at = 0; at + 1 < fields.length && fields[at] !== ""; at += 2) {
    if (fields[at] !== "application_name") kept.push(fields[at] ?? "", fields[at + 1] ?? "");
  }
  const body = Buffer.from([...kept, "application_name", name, "", ""].join("\0"), "utf8");
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(packet.readInt32BE(4), 4);
  return Buffer.concat([head, body]);
}

/** Type letter of a message, e.g. "Q". */
export function typeOf(message: Buffer): string {
  return String.fromCharCode(message[0] ?? 0);
}

/** SQL of a simple Query message. */
export function queryText(message: Buffer): string {
  return cString(message, 5).text;
}

/** Statement name and SQL of a Parse message. */
export function parseOf(message: Buffer): { readonly name: string; readonly sql: string } {
  const name = cString(message, 5);
  return { name: name.text, sql: cString(message, name.next).text };
}

/** Statement name and parameters (as UTF-8 text, null for NULL) of a Bind message, in order. */
export function bindOf(message: Buffer): {
  readonly statement: string;
  readonly parameters: readonly (string | null)[];
} {
  const portal = cString(message, 5);
  const statement = cString(message, portal.next);
  const parameters: (string | null)[] = [];
  let at = statement.next;
  if (at + 2 > message.length) return { statement: statement.text, parameters };
  at += 2 + 2 * message.readInt16BE(at);
  if (at < statement.next || at + 2 > message.length)
    return { statement: statement.text, parameters };
  const count = message.readInt16BE(at);
  at += 2;
  for (let index = 0; index < count && at + 4 <= message.length; index += 1) {
    const length = message.readInt32BE(at);
    at += 4;
    if (length < 0) {
      parameters.push(null);
      continue;
    }
    parameters.push(message.toString("utf8", at, at + length));
    at += length;
  }
  return { statement: statement.text, parameters };
}

/** True when this SQL asks to end a transaction; whether it did is read from the answer's tag. */
export function asksToCommit(sql: string): boolean {
  return /^\s*(?:commit|end)\b/i.test(sql) && !/^\s*commit\s+prepared\b/i.test(sql);
}

/** True when this SQL opens a transaction block. */
export function asksToBegin(sql: string): boolean {
  return /^\s*(?:begin|start\s+transaction)\b/i.test(sql);
}

/** Tag of a CommandComplete, e.g. "COMMIT". */
export function commandTag(message: Buffer): string {
  return cString(message, 5).text;
}

/** SQLSTATE of an ErrorResponse (its field "C"), e.g. 55P03. */
export function sqlState(message: Buffer): string {
  for (let at = 5; at < message.length && message[at] !== 0;) {
    const { text, next } = cString(message, at + 1);
    if (message[at] === 0x43) return text;
    at = next;
  }
  return "unknown";
}

/** Status of a ReadyForQuery: I idle, T in a transaction, E in a failed one. */
export function readyStatus(message: Buffer): string {
  return String.fromCharCode(message[5] ?? 0);
}

function cString(message: Buffer, from: number): { readonly text: string; readonly next: number } {
  const end = message.indexOf(0, from);
  if (end < 0) return { text: message.toString("utf8", from), next: message.length };
  return { text: message.toString("utf8", from, end), next: end + 1 };
}
