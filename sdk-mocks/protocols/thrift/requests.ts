import { z } from 'zod';

/** Requests as far as they are used. The codec has checked shape and types; this gives them TypeScript types. */
const identifier = z.object({ guid: z.instanceof(Buffer), secret: z.instanceof(Buffer) });
const sessionHandle = z.object({ sessionId: identifier });
const operationHandle = z.object({ operationId: identifier });
const namespace = z.object({ catalogName: z.string().optional(), schemaName: z.string().optional() });
const conf = z.record(z.string(), z.string());
const directResults = z.object({ maxRows: z.bigint(), maxBytes: z.bigint().optional() });

export type DirectResults = z.output<typeof directResults>;
export type HandleRequest = z.output<typeof identifier>;

export const openSession = z.object({
  client_protocol: z.number().optional(),
  client_protocol_i64: z.bigint().optional(),
  configuration: conf.optional(),
  initialNamespace: namespace.optional(),
});

export const onSession = z.object({ sessionHandle });
export const onOperation = z.object({ operationHandle });
export const getInfo = z.object({ sessionHandle, infoType: z.number() });

const nativeTypes = z.object({
  timestampAsArrow: z.boolean().optional(),
  decimalAsArrow: z.boolean().optional(),
  complexTypesAsArrow: z.boolean().optional(),
  intervalTypesAsArrow: z.boolean().optional(),
  nullTypeAsArrow: z.boolean().optional(),
});

interface ParameterArgument {
  type?: string | undefined;
  value?: string | undefined;
  arguments?: ParameterArgument[] | undefined;
}

const argument: z.ZodType<ParameterArgument> = z.object({
  type: z.string().optional(),
  value: z.string().optional(),
  get arguments() {
    return z.array(argument).optional();
  },
});
export type Argument = z.output<typeof argument>;

const parameter = z.object({
  name: z.string().optional(),
  type: z.string().optional(),
  value: z
    .object({
      stringValue: z.string().optional(),
      doubleValue: z.number().optional(),
      booleanValue: z.boolean().optional(),
    })
    .optional(),
  arguments: z.array(argument).optional(),
});
export type Parameter = z.output<typeof parameter>;

export const executeStatement = z.object({
  sessionHandle,
  statement: z.string(),
  confOverlay: conf.optional(),
  runAsync: z.boolean().optional(),
  queryTimeout: z.bigint().optional(),
  getDirectResults: directResults.optional(),
  canReadArrowResult: z.boolean().optional(),
  canDownloadResult: z.boolean().optional(),
  canDecompressLZ4Result: z.boolean().optional(),
  useArrowNativeTypes: nativeTypes.optional(),
  resultRowLimit: z.bigint().optional(),
  parameters: z.array(parameter).optional(),
});
export type ExecuteRequest = z.output<typeof executeStatement>;

export const fetchResults = z.object({
  operationHandle,
  orientation: z.number(),
  maxRows: z.bigint(),
  maxBytes: z.bigint().optional(),
  startRowOffset: z.bigint().optional(),
  includeResultSetMetadata: z.boolean().optional(),
});

/** All metadata calls: each reads the fields it has. */
export const metadata = z.object({
  sessionHandle,
  getDirectResults: directResults.optional(),
  catalogName: z.string().optional(),
  schemaName: z.string().optional(),
  tableName: z.string().optional(),
  columnName: z.string().optional(),
  functionName: z.string().optional(),
  tableTypes: z.array(z.string()).optional(),
});
export type MetadataRequest = z.output<typeof metadata>;
