import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createSchema,
  decodeCall,
  encodeException,
  encodeReply,
  ThriftDecodeError,
  ThriftReader,
  type ThriftStruct,
  type ThriftValue,
  ThriftWriter,
} from './index.ts';
import type { ThriftType } from './schema.ts';
import { structures } from './structures.ts';

const schema = createSchema();

/** Any value of a type of the table, with unknown structures cut at a few levels. */
function valueOfType(type: ThriftType, depth: number): fc.Arbitrary<ThriftValue> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 'byte':
      return fc.integer({ min: -128, max: 127 });
    case 'i16':
      return fc.integer({ min: -32768, max: 32767 });
    case 'i32':
      return fc.integer();
    case 'i64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'double':
      return fc.double();
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'binary':
      return fc.uint8Array().map((bytes) => Buffer.from(bytes));
    case 'list':
      return fc.array(valueOfType(type.element, depth + 1), { maxLength: depth > 4 ? 0 : 3 });
    case 'map':
      return fc
        .array(fc.tuple(fc.string(), valueOfType(type.value, depth + 1)), { maxLength: depth > 4 ? 0 : 3 })
        .map((entries) => Object.fromEntries(entries));
    case 'struct':
      return structOf(type.name, depth + 1);
  }
}

function structOf(name: string, depth = 0): fc.Arbitrary<ThriftStruct> {
  const fields = schema.structure(name).fields.filter(({ required }) => required || depth <= 4);
  return fc
    .tuple(
      ...fields.map(({ name: field, type, required }) =>
        (required
          ? valueOfType(type, depth)
          : fc.option(valueOfType(type, depth), { nil: undefined, freq: 2 })
        ).map((value): [string, ThriftValue | undefined] => [field, value]),
      ),
    )
    .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
}

function callBytes(method: string, request: ThriftStruct): Buffer {
  const writer = new ThriftWriter(schema);
  writer.i32(0x80010001 | 0);
  writer.string(method);
  writer.i32(7);
  writer.byte(12);
  writer.i16(1);
  writer.struct(`T${method}Req`, request);
  writer.byte(0);
  return writer.bytes();
}

test('every structure comes back as it was written', () => {
  const names = Object.keys(structures);
  fc.assert(
    fc.property(
      fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), structOf(name))),
      ([name, value]) => {
        const writer = new ThriftWriter(schema);
        writer.struct(name, value);
        const reader = new ThriftReader(writer.bytes(), schema);
        expect(reader.struct(name)).toEqual(value);
        expect(reader.left).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});

test('bytes that are no message end in a decode error and nothing else', () => {
  const onlyDecodeErrors = (bytes: Buffer) => {
    try {
      decodeCall(bytes, schema);
    } catch (error) {
      if (!(error instanceof ThriftDecodeError)) throw error;
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => onlyDecodeErrors(Buffer.from(bytes))),
    {
      numRuns: 2000,
    },
  );
  // Real calls with a few bytes changed get past the header.
  const calls = ['OpenSession', 'ExecuteStatement', 'FetchResults', 'GetColumns'] as const;
  fc.assert(
    fc.property(
      fc
        .constantFrom(...calls)
        .chain((name) => structOf(`T${name}Req`).map((request) => callBytes(name, request))),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      fc.nat(),
      (bytes, changes, cut) => {
        for (const [at, value] of changes) bytes.writeUInt8(value, at % bytes.length);
        onlyDecodeErrors(bytes);
        onlyDecodeErrors(bytes.subarray(0, cut % bytes.length));
      },
    ),
    { numRuns: 1000 },
  );
});

const guid = { guid: Buffer.alloc(16, 1), secret: Buffer.alloc(16, 2) };

test('a call is read with unknown fields skipped', () => {
  const bytes = callBytes('CloseSession', {
    sessionHandle: { sessionId: guid, serverProtocolVersion: 42248 },
  });
  expect(decodeCall(bytes, schema)).toEqual({
    method: 'CloseSession',
    sequence: 7,
    request: { sessionHandle: { sessionId: guid, serverProtocolVersion: 42248 } },
  });
  // A field 999 of type list<map<i32, string>> in front of the known one.
  const writer = new ThriftWriter(schema);
  for (const value of [15, 0x03e7]) value > 255 ? writer.i16(value) : writer.byte(value);
  writer.value(
    { kind: 'list', element: { kind: 'map', key: { kind: 'string' }, value: { kind: 'i32' } } },
    [{ a: 1 }, {}],
    'unknown',
  );
  const at = bytes.length - new ThriftReader(bytes, schema).left + 4 + 4 + 'CloseSession'.length + 4 + 3;
  const widened = Buffer.concat([bytes.subarray(0, at), writer.bytes(), bytes.subarray(at)]);
  expect(decodeCall(widened, schema).request).toEqual(decodeCall(bytes, schema).request);
});

test.each([
  ['nothing', Buffer.alloc(0), 'too few bytes'],
  ['the old protocol', Buffer.from([0, 0, 0, 1, 65, 1, 0, 0, 0, 0]), 'strict binary protocol'],
  ['a reply', callBytes('CloseSession', { sessionHandle: { sessionId: guid } }).fill(2, 3, 4), 'is no call'],
  [
    'bytes after the end',
    Buffer.concat([callBytes('CloseSession', { sessionHandle: { sessionId: guid } }), Buffer.from([0])]),
    '1 bytes after its end',
  ],
  ['a missing field', callBytes('CloseSession', {}), 'TCloseSessionReq without sessionHandle'],
])('%s is refused', (_, bytes, message) => {
  expect(() => decodeCall(bytes, schema)).toThrow(message);
});

test('lengths beyond the message allocate nothing', () => {
  const reader = (bytes: number[]) => new ThriftReader(Buffer.from(bytes), schema);
  expect(() => reader([0x7f, 0xff, 0xff, 0xff]).binary()).toThrow('a length of 2147483647');
  expect(() => reader([0xff, 0xff, 0xff, 0xff]).binary()).toThrow('a length of -1');
  expect(() => reader([12, 0x7f, 0xff, 0xff, 0xff]).skip(15, 0)).toThrow('2147483647 elements');
});

test('depth is bounded', () => {
  const nested = Buffer.concat([...Array.from({ length: 5000 }, () => Buffer.from([12, 0, 9]))]);
  expect(() => new ThriftReader(nested, schema).skip(12, 0)).toThrow('more than 32 levels');
});

test('an unknown method is told apart from a broken call', () => {
  const writer = new ThriftWriter(schema);
  writer.i32(0x80010001 | 0);
  writer.string('DropEverything');
  writer.i32(3);
  expect(decodeCall(writer.bytes(), schema)).toEqual({
    method: 'DropEverything',
    sequence: 3,
    request: undefined,
  });
});

test('replies and exceptions have the bytes Thrift says', () => {
  expect(encodeReply('CloseSession', 5, { status: { statusCode: 0 } }, schema).toString('hex')).toBe(
    `80010002${'0000000c'}${Buffer.from('CloseSession').toString('hex')}00000005${'0c0000'}${'0c0001'}${'080001'}0000000000${'00'}00`,
  );
  expect(encodeException('X', 1, 'no', 1, schema).toString('hex')).toBe(
    '80010003000000015800000001' + '0b0001000000026e6f' + '08000200000001' + '00',
  );
});

test('a field that does not exist is a defect', () => {
  const writer = new ThriftWriter(schema);
  expect(() => writer.struct('TStatus', { statusCod: 1 })).toThrow('no field statusCod');
  expect(() => writer.struct('TStatus', { statusCode: 'x' })).toThrow('must be a number');
});
