import { ThriftDecodeError, ThriftReader } from './reader.ts';
import type { Schema, ThriftStruct } from './schema.ts';
import { ThriftWriter } from './writer.ts';

/** One call of a method: its request structure is `T<method>Req`. */
export interface Call {
  method: string;
  sequence: number;
  /** Undefined for a method this interface does not have. */
  request: ThriftStruct | undefined;
}

/** A call whose header could be read and whose body could not: it is answered by name. */
export class ThriftCallError extends ThriftDecodeError {
  readonly method: string;
  readonly sequence: number;

  constructor(method: string, sequence: number, message: string) {
    super(message);
    this.method = method;
    this.sequence = sequence;
  }
}

const version = 0x8001;
const callType = 1;
const replyType = 2;
const exceptionType = 3;

/** Kinds of TApplicationException (docs: Thrift). */
export const applicationErrors = { unknownMethod: 1, internal: 6, protocol: 7 } as const;

/**
 * Reads one message with a call in it, and nothing after it.
 * @throws ThriftCallError when the body is broken, ThriftDecodeError when not even the header can be read.
 */
export function decodeCall(bytes: Buffer, schema: Schema): Call {
  const reader = new ThriftReader(bytes, schema);
  const head = reader.i32();
  if (head >>> 16 !== version) {
    throw new ThriftDecodeError('Broken Thrift message: not the strict binary protocol (version 0x8001).');
  }
  if ((head & 0xff) !== callType)
    throw new ThriftDecodeError(`Broken Thrift message: type ${head & 0xff} is no call.`);
  const method = reader.string();
  const sequence = reader.i32();
  if (!/^\w{1,64}$/.test(method)) throw new ThriftDecodeError('Broken Thrift message: not a method name.');
  if (!schema.has(`T${method}Req`)) return { method, sequence, request: undefined };
  try {
    return { method, sequence, request: argument(reader, method) };
  } catch (error) {
    if (error instanceof ThriftDecodeError) throw new ThriftCallError(method, sequence, error.message);
    throw error;
  }
}

function argument(reader: ThriftReader, method: string): ThriftStruct {
  let request: ThriftStruct | undefined;
  for (let wire = reader.byte(); wire !== 0; wire = reader.byte()) {
    const id = reader.i16();
    if (id === 1 && wire === 12 && !request) request = reader.struct(`T${method}Req`);
    else reader.skip(wire, 1);
  }
  if (!request) throw new ThriftDecodeError(`Broken Thrift message: ${method} without its request.`);
  if (reader.left > 0)
    throw new ThriftDecodeError(`Broken Thrift message: ${reader.left} bytes after its end.`);
  return request;
}

/** The reply with `T<method>Resp` in it. */
export function encodeReply(
  method: string,
  sequence: number,
  response: ThriftStruct,
  schema: Schema,
): Buffer {
  const writer = header(replyType, method, sequence, schema);
  writer.byte(12);
  writer.i16(0);
  writer.struct(`T${method}Resp`, response);
  writer.byte(0);
  return writer.bytes();
}

/** A TApplicationException. `kind`: one of `applicationErrors`. */
export function encodeException(
  method: string,
  sequence: number,
  message: string,
  kind: number,
  schema: Schema,
): Buffer {
  const writer = header(exceptionType, method, sequence, schema);
  writer.byte(11);
  writer.i16(1);
  writer.string(message);
  writer.byte(8);
  writer.i16(2);
  writer.i32(kind);
  writer.byte(0);
  return writer.bytes();
}

function header(type: number, method: string, sequence: number, schema: Schema): ThriftWriter {
  const writer = new ThriftWriter(schema);
  writer.i32((version << 16) | type | 0);
  writer.string(method);
  writer.i32(sequence);
  return writer;
}
