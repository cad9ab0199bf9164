export {
  applicationErrors,
  decodeCall,
  encodeException,
  encodeReply,
  ThriftCallError,
} from './message.ts';
export { ThriftDecodeError, ThriftReader } from './reader.ts';
export { createSchema, type Schema, type ThriftStruct, type ThriftValue } from './schema.ts';
export { ThriftWriter } from './writer.ts';
