/**
 * How the fields of a history event are written: the one description from which the JSON Schema is
 * made, the reader of whole lines works, and damage is told from data.
 */
export interface Kind<out T> {
  readonly form: "text" | "integer" | "number" | "flag" | "any" | "object" | "list" | "map";
  /** With `text`: the only values there are. */
  readonly values?: readonly string[];
  readonly fields?: Fields;
  /** With `list` and `map`: of what. */
  readonly of?: Kind<unknown>;
  readonly isNullable?: true;
  readonly isOptional?: true;
  /** Something else it may be instead. */
  readonly or?: Kind<unknown>;
  /** Never there: carries the type only. */
  readonly like?: T;
}

export type Fields = Readonly<Record<string, Kind<unknown>>>;

/** A kind for each field of `E`, whose type it must have. */
export type Shape<E> = { readonly [F in Exclude<keyof E, "stream">]-?: Kind<E[F]> };

export const text: Kind<string> = { form: "text" };
export const integer: Kind<number> = { form: "integer" };
export const number: Kind<number> = { form: "number" };
export const flag: Kind<boolean> = { form: "flag" };

/** Text that is written by us and has a narrower type than its form tells. */
export function named<T extends string>(): Kind<T> {
  return { form: "text" };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return { form: "text", values };
}

export function nullable<T>(kind: Kind<T>): Kind<T | null> {
  return { ...(kind as Kind<never>), isNullable: true };
}

export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return { ...(kind as Kind<never>), isOptional: true };
}

export function either<A, B>(kind: Kind<A>, or: Kind<B>): Kind<A | B> {
  return { ...(kind as Kind<never>), or };
}

export function list<T>(of: Kind<T>): Kind<readonly T[]> {
  return { form: "list", of };
}

export function map<T>(of: Kind<T>): Kind<Readonly<Record<string, T>>> {
  return { form: "map", of };
}

export const anything: Kind<unknown> = { form: "any" };

export function object<T>(fields: { readonly [F in keyof T]-?: Kind<T[F]> }): Kind<T> {
  return { form: "object", fields };
}

/** What is wrong with a value, naming the field; null when it is as described. */
export function faultIn(value: unknown, kind: Kind<unknown>, path: string): string | null {
  if (value === null && kind.isNullable === true) return null;
  const fault = faultInForm(value, kind, path);
  if (fault === null || kind.or === undefined) return fault;
  return faultIn(value, kind.or, path) === null ? null : fault;
}

function faultInForm(value: unknown, kind: Kind<unknown>, path: string): string | null {
  switch (kind.form) {
    case "text":
      if (typeof value !== "string") return `${path} is not a string`;
      return kind.values?.includes(value) === false
        ? `${path} ${JSON.stringify(value)} is unknown to this version`
        : null;
    case "integer":
      return Number.isSafeInteger(value) ? null : `${path} is not an integer`;
    case "number":
      return typeof value === "number" ? null : `${path} is not a number`;
    case "flag":
      return typeof value === "boolean" ? null : `${path} is neither true nor false`;
    case "any":
      return null;
    case "list":
      if (!Array.isArray(value)) return `${path} is not a list`;
      return firstFault(value.entries(), ([index, each]) =>
        faultIn(each, kind.of ?? anything, `${path}[${index}]`),
      );
    case "map":
      if (!isObject(value)) return `${path} is not an object`;
      return firstFault(Object.entries(value), ([name, each]) =>
        faultIn(each, kind.of ?? anything, `${path}.${name}`),
      );
    case "object":
      if (!isObject(value)) return `${path} is not an object`;
      return faultInFields(value, kind.fields ?? {}, `${path}.`);
  }
}

/** What is wrong with the fields of an object. Fields that are not described are let pass. */
export function faultInFields(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  prefix: string,
): string | null {
  return firstFault(Object.entries(fields), ([name, kind]) => {
    if (Object.hasOwn(value, name)) return faultIn(value[name], kind, `${prefix}${name}`);
    return kind.isOptional === true ? null : `${prefix}${name} is missing`;
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type ShapeTest = (value: Readonly<Record<string, unknown>>) => boolean;
type ValueTest = (value: unknown) => boolean;

/** The same question as `faultInFields` asks, for many values: it says no more than whether. */
export function shapeTest(fields: Fields): ShapeTest {
  const tests = Object.entries(fields).map(([name, kind]) => ({ name, isAs: valueTest(kind) }));
  return (value) => {
    for (const { name, isAs } of tests) if (!isAs(value[name])) return false;
    return true;
  };
}

function valueTest(kind: Kind<unknown>): ValueTest {
  const { isNullable, isOptional, or } = kind;
  const isForm = formTest(kind);
  const isOther = or === undefined ? null : valueTest(or);
  if (isNullable !== true && isOptional !== true && isOther === null) return isForm;
  return (value) =>
    (value === null && isNullable === true) ||
    (value === undefined && isOptional === true) ||
    isForm(value) ||
    isOther?.(value) === true;
}

function formTest({ form, values, fields, of }: Kind<unknown>): ValueTest {
  switch (form) {
    case "text":
      if (values === undefined) return (value) => typeof value === "string";
      return (value) => typeof value === "string" && values.includes(value);
    case "integer":
      return (value) => Number.isSafeInteger(value);
    case "number":
      return (value) => typeof value === "number";
    case "flag":
      return (value) => typeof value === "boolean";
    case "any":
      return () => true;
    case "list": {
      const isItem = valueTest(of ?? anything);
      return (value) => Array.isArray(value) && value.every(isItem);
    }
    case "map": {
      if (of === undefined || of.form === "any") return isObject;
      const isItem = valueTest(of);
      return (value) => isObject(value) && Object.values(value).every(isItem);
    }
    case "object": {
      const isShape = shapeTest(fields ?? {});
      return (value) => isObject(value) && isShape(value);
    }
  }
}

function firstFault<T>(items: Iterable<T>, faultOf: (item: T) => string | null): string | null {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== null) return fault;
  }
  return null;
}

/** The JSON Schema (draft 2020-12) of a kind. */
export function schemaOf(kind: Kind<unknown>): Readonly<Record<string, unknown>> {
  const own = kind.isNullable === true ? withNull(formSchema(kind)) : formSchema(kind);
  return kind.or === undefined ? own : { anyOf: [own, schemaOf(kind.or)] };
}

/** Fields that are not named may be there: a later version of the same format may add some. */
export function objectSchema(fields: Fields): Readonly<Record<string, unknown>> {
  const entries = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, kind]) => [name, schemaOf(kind)])),
    required: entries.flatMap(([name, { isOptional }]) => (isOptional === true ? [] : [name])),
  };
}

function withNull(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return typeof schema["type"] === "string" && schema["enum"] === undefined
    ? { ...schema, type: [schema["type"], "null"] }
    : { anyOf: [schema, { type: "null" }] };
}

function formSchema(kind: Kind<unknown>): Readonly<Record<string, unknown>> {
  switch (kind.form) {
    case "text":
      return { type: "string", ...(kind.values === undefined ? {} : { enum: kind.values }) };
    case "integer":
    case "number":
      return { type: kind.form };
    case "flag":
      return { type: "boolean" };
    case "any":
      return {};
    case "list":
      return { type: "array", items: schemaOf(kind.of ?? anything) };
    case "map":
      return { type: "object", additionalProperties: schemaOf(kind.of ?? anything) };
    case "object":
      return objectSchema(kind.fields ?? {});
  }
}
