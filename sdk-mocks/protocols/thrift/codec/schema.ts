import { structures } from './structures.ts';

/** A Thrift type of the interface. `string` and `binary` look the same on the wire. */
export type ThriftType =
  | { kind: 'bool' | 'byte' | 'double' | 'i16' | 'i32' | 'i64' | 'string' | 'binary' }
  | { kind: 'list'; element: ThriftType }
  | { kind: 'map'; key: ThriftType; value: ThriftType }
  | { kind: 'struct'; name: string };

export interface Field {
  id: number;
  name: string;
  required: boolean;
  type: ThriftType;
}

export interface Structure {
  name: string;
  fields: readonly Field[];
  byId: ReadonlyMap<number, Field>;
  byName: ReadonlyMap<string, Field>;
}

/** A decoded or to be encoded value. Structures and maps are plain objects; absent fields are undefined. */
export type ThriftValue = boolean | number | bigint | string | Buffer | readonly ThriftValue[] | ThriftStruct;

export interface ThriftStruct {
  readonly [field: string]: ThriftValue | undefined;
}

/** Type codes of the binary protocol (docs: Thrift binary protocol encoding). */
export const wireTypes = {
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  binary: 11,
  struct: 12,
  map: 13,
  list: 15,
} as const;

export interface Schema {
  /** @throws Error for a name that is not in the table: a defect of ours. */
  structure(name: string): Structure;
  has(name: string): boolean;
}

/** Reads the table of structures; each line when it is first needed. */
export function createSchema(lines: Readonly<Record<string, string>> = structures): Schema {
  const parsed = new Map<string, Structure>();
  return {
    has: (name) => Object.hasOwn(lines, name),
    structure(name) {
      const known = parsed.get(name);
      if (known) return known;
      const line = lines[name];
      if (line === undefined) throw new Error(`${name} is not a structure of TCLIService.`);
      const structure = parseStructure(name, line);
      parsed.set(name, structure);
      return structure;
    },
  };
}

function parseStructure(name: string, line: string): Structure {
  const fields = splitTop(line).map((part): Field => {
    const [, id = '', field = '', required = '', type = ''] = /^(\d+) (\w+)(!?) (.+)$/.exec(part) ?? [];
    return { id: Number(id), name: field, required: required === '!', type: parseType(type) };
  });
  return {
    name,
    fields,
    byId: new Map(fields.map((field) => [field.id, field])),
    byName: new Map(fields.map((field) => [field.name, field])),
  };
}

function parseType(text: string): ThriftType {
  const list = /^list<(.+)>$/.exec(text)?.[1];
  if (list !== undefined) return { kind: 'list', element: parseType(list) };
  const [, key, value] = /^map<(\w+),(.+)>$/.exec(text) ?? [];
  if (key !== undefined && value !== undefined) {
    return { kind: 'map', key: parseType(key), value: parseType(value) };
  }
  switch (text) {
    case 'bool':
    case 'byte':
    case 'double':
    case 'i16':
    case 'i32':
    case 'i64':
    case 'string':
    case 'binary':
      return { kind: text };
    default:
      return { kind: 'struct', name: text };
  }
}

/** Splits at the commas that are not inside `<>`. */
function splitTop(line: string): string[] {
  return line.split(/, (?=\d+ )/);
}
