import {
  type Schema,
  type Structure,
  type ThriftStruct,
  type ThriftType,
  type ThriftValue,
  wireTypes,
} from './schema.ts';

/** Bytes that are not a message of the binary protocol, or not one of this interface. */
export class ThriftDecodeError extends Error {
  override readonly name = 'ThriftDecodeError';
}

/** Structures inside structures, lists and maps: deeper ones are refused. No request of a driver goes below 10. */
const maxDepth = 32;

/**
 * Reads the binary protocol strictly: every length is checked against the bytes that are left before anything is
 * allocated, so a message costs memory in proportion to its own size. Unknown fields are skipped, as Thrift wants.
 */
export class ThriftReader {
  readonly #bytes: Buffer;
  readonly #schema: Schema;
  #at = 0;

  constructor(bytes: Buffer, schema: Schema) {
    this.#bytes = bytes;
    this.#schema = schema;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  i16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  i64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  binary(): Buffer {
    const length = this.i32();
    if (length < 0 || length > this.left)
      throw this.#fail(`a length of ${length} with ${this.left} bytes left`);
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  string(): string {
    const bytes = this.binary();
    const text = bytes.toString('utf8');
    if (text.includes('\ufffd') && !Buffer.from(text).equals(bytes))
      throw this.#fail('text that is not UTF-8');
    return text;
  }

  /** One structure of the table. @throws ThriftDecodeError also when a required field is missing. */
  struct(name: string, depth = 0): ThriftStruct {
    this.#enter(depth);
    const structure = this.#schema.structure(name);
    const found: [string, ThriftValue][] = [];
    const seen = new Set<number>();
    for (let wire = this.byte(); wire !== 0; wire = this.byte()) {
      const id = this.i16();
      const field = structure.byId.get(id);
      if (!field || wireTypes[field.type.kind] !== wire) {
        this.skip(wire, depth + 1);
        continue;
      }
      if (seen.has(id)) throw this.#fail(`${name}.${field.name} twice`);
      seen.add(id);
      found.push([field.name, this.#value(field.type, depth + 1)]);
    }
    this.#required(structure, seen);
    return Object.fromEntries(found);
  }

  /** Reads over a value of any type. */
  skip(wire: number, depth: number): void {
    this.#enter(depth);
    switch (wire) {
      case 2:
      case 3:
        this.#take(1);
        return;
      case 6:
        this.#take(2);
        return;
      case 8:
        this.#take(4);
        return;
      case 4:
      case 10:
        this.#take(8);
        return;
      case 11:
        this.binary();
        return;
      case 12:
        for (let inner = this.byte(); inner !== 0; inner = this.byte()) {
          this.i16();
          this.skip(inner, depth + 1);
        }
        return;
      case 13: {
        const [key, value] = [this.byte(), this.byte()];
        for (let count = this.#count(2); count > 0; count -= 1) {
          this.skip(key, depth + 1);
          this.skip(value, depth + 1);
        }
        return;
      }
      case 14:
      case 15: {
        const element = this.byte();
        for (let count = this.#count(1); count > 0; count -= 1) this.skip(element, depth + 1);
        return;
      }
      default:
        throw this.#fail(`the type code ${wire}`);
    }
  }

  #value(type: ThriftType, depth: number): ThriftValue {
    switch (type.kind) {
      case 'bool':
        return this.byte() !== 0;
      case 'byte':
        return this.byte();
      case 'i16':
        return this.i16();
      case 'i32':
        return this.i32();
      case 'i64':
        return this.i64();
      case 'double':
        return this.#bytes.readDoubleBE(this.#take(8));
      case 'string':
        return this.string();
      case 'binary':
        return Buffer.from(this.binary());
      case 'struct':
        return this.struct(type.name, depth);
      case 'list':
        return this.#list(type.element, depth);
      case 'map':
        return this.#map(type.key, type.value, depth);
    }
  }

  #list(element: ThriftType, depth: number): ThriftValue[] {
    this.#enter(depth);
    const wire = this.byte();
    const count = this.#count(1);
    if (count > 0 && wire !== wireTypes[element.kind]) throw this.#fail(`a list of type ${wire}`);
    const values: ThriftValue[] = [];
    for (let index = 0; index < count; index += 1) values.push(this.#value(element, depth + 1));
    return values;
  }

  #map(key: ThriftType, value: ThriftType, depth: number): ThriftStruct {
    this.#enter(depth);
    const [keyWire, valueWire] = [this.byte(), this.byte()];
    const count = this.#count(2);
    if (count > 0 && (keyWire !== wireTypes[key.kind] || valueWire !== wireTypes[value.kind])) {
      throw this.#fail(`a map of types ${keyWire} and ${valueWire}`);
    }
    const entries: [string, ThriftValue][] = [];
    for (let index = 0; index < count; index += 1) {
      entries.push([String(this.#value(key, depth + 1)), this.#value(value, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #required(structure: Structure, seen: ReadonlySet<number>): void {
    const missing = structure.fields.find(({ id, required }) => required && !seen.has(id));
    if (missing) throw this.#fail(`${structure.name} without ${missing.name}`);
  }

  /** An element takes at least `size` bytes, so a count beyond what is left is a lie. */
  #count(size: number): number {
    const count = this.i32();
    if (count < 0 || count * size > this.left)
      throw this.#fail(`${count} elements with ${this.left} bytes left`);
    return count;
  }

  #take(length: number): number {
    if (length > this.left) throw this.#fail('too few bytes');
    const start = this.#at;
    this.#at += length;
    return start;
  }

  #enter(depth: number): void {
    if (depth > maxDepth) throw this.#fail(`more than ${maxDepth} levels`);
  }

  #fail(what: string): ThriftDecodeError {
    return new ThriftDecodeError(`Broken Thrift message: ${what} at byte ${this.#at}.`);
  }
}
