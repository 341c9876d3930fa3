/** Messages of protocol 3.0 as clients and servers write them, for tests. */

/** A typed message: letter, length, body. */
export function message(type: string, body: Buffer | string = ""): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

export function startup(fields: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(fields)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join("");
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

export const query = (sql: string): Buffer => message("Q", `${sql}\0`);

/** Bind of an unnamed portal to the unnamed statement, parameters as text. */
export function bind(...parameters: readonly string[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeInt16BE(parameters.length, 2); // no format codes, then the parameters
  const values = parameters.map((text) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text)]);
  });
  return message("B", Buffer.concat([Buffer.from("\0\0"), count, ...values, Buffer.alloc(2)]));
}

export const complete = (tag: string): Buffer => message("C", `${tag}\0`);
export const ready = (status: "I" | "T" | "E"): Buffer => message("Z", status);
export const refused = (sqlState: string): Buffer => message("E", `SERROR\0C${sqlState}\0Mno\0\0`);
