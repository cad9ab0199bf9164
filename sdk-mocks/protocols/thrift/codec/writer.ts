import { type Schema, type ThriftStruct, type ThriftType, type ThriftValue, wireTypes } from './schema.ts';

/** Buffers of this size and more are handed on as they are instead of being copied. */
const copyBelow = 64 * 1024;

/** Writes the binary protocol. A value that does not fit its field is a defect of ours and throws a TypeError. */
export class ThriftWriter {
  readonly #schema: Schema;
  readonly #done: Buffer[] = [];
  #buffer = Buffer.allocUnsafe(4096);
  #at = 0;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** Everything written so far. */
  bytes(): Buffer {
    return Buffer.concat([...this.#done, this.#buffer.subarray(0, this.#at)]);
  }

  byte(value: number): void {
    const at = this.#room(1);
    this.#buffer.writeInt8(value, at);
  }

  i16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeInt16BE(value, at);
  }

  i32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
  }

  i64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.i32(length);
    const at = this.#room(length);
    this.#buffer.write(value, at, length, 'utf8');
  }

  binary(value: Buffer): void {
    this.i32(value.length);
    if (value.length < copyBelow) {
      const at = this.#room(value.length);
      value.copy(this.#buffer, at);
      return;
    }
    this.#done.push(this.#buffer.subarray(0, this.#at), value);
    this.#buffer = Buffer.allocUnsafe(4096);
    this.#at = 0;
  }

  struct(name: string, values: ThriftStruct): void {
    const structure = this.#schema.structure(name);
    for (const [field, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const known = structure.byName.get(field);
      if (!known) throw new TypeError(`${name} has no field ${field}.`);
      this.byte(wireTypes[known.type.kind]);
      this.i16(known.id);
      this.value(known.type, value, `${name}.${field}`);
    }
    this.byte(0);
  }

  value(type: ThriftType, value: ThriftValue, where: string): void {
    switch (type.kind) {
      case 'bool':
        this.byte(value ? 1 : 0);
        return;
      case 'byte':
        this.byte(number(value, where));
        return;
      case 'i16':
        this.i16(number(value, where));
        return;
      case 'i32':
        this.i32(number(value, where));
        return;
      case 'i64':
        this.i64(typeof value === 'bigint' ? value : BigInt(number(value, where)));
        return;
      case 'double':
        this.double(number(value, where));
        return;
      case 'string':
        if (typeof value !== 'string') throw new TypeError(`${where} must be text.`);
        this.string(value);
        return;
      case 'binary':
        if (!Buffer.isBuffer(value)) throw new TypeError(`${where} must be bytes.`);
        this.binary(value);
        return;
      case 'list': {
        if (!isList(value)) throw new TypeError(`${where} must be a list.`);
        this.byte(wireTypes[type.element.kind]);
        this.i32(value.length);
        for (const element of value) this.value(type.element, element, where);
        return;
      }
      case 'map':
        this.#map(type.key, type.value, structOf(value, where), where);
        return;
      case 'struct':
        this.struct(type.name, structOf(value, where));
    }
  }

  #map(key: ThriftType, type: ThriftType, values: ThriftStruct, where: string): void {
    const entries = Object.entries(values);
    this.byte(wireTypes[key.kind]);
    this.byte(wireTypes[type.kind]);
    this.i32(entries.length);
    for (const [name, value] of entries) {
      if (value === undefined) throw new TypeError(`${where} has no value for ${name}.`);
      this.value(key, name, where);
      this.value(type, value, where);
    }
  }

  #room(length: number): number {
    const at = this.#at;
    if (at + length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, at + length));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#at += length;
    return at;
  }
}

const isList = (value: ThriftValue): value is readonly ThriftValue[] => Array.isArray(value);

function number(value: ThriftValue, where: string): number {
  if (typeof value !== 'number') throw new TypeError(`${where} must be a number.`);
  return value;
}

function structOf(value: ThriftValue, where: string): ThriftStruct {
  if (typeof value !== 'object' || Buffer.isBuffer(value) || isList(value)) {
    throw new TypeError(`${where} must be a structure.`);
  }
  return value;
}
