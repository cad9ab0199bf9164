import { z } from 'zod';
import { ApiError } from '../../../emulator/core/index.ts';
import type { Need, Services } from '../../workspace/index.ts';

const maxStatementLength = 16 * 1024 * 1024;

const parameter = z.object({
  name: z.string().optional(),
  ordinal: z.number().int().min(1).optional(),
  value: z.string().nullish(),
  type: z.string().optional(),
});

/** Body of an execute request (docs: Statement Execution API; reference sql-wire 4.2). */
export const executeRequest = z.object({
  statement: z.string().min(1, 'must not be empty').max(maxStatementLength, 'is longer than 16 MiB'),
  warehouse_id: z.string(),
  catalog: z.string().optional(),
  schema: z.string().optional(),
  parameters: z.array(parameter).default([]),
  row_limit: z.number().int().min(1).optional(),
  byte_limit: z.number().int().min(1).optional(),
  disposition: z.enum(['INLINE', 'EXTERNAL_LINKS', 'INLINE_OR_EXTERNAL_LINKS']).default('INLINE'),
  format: z.enum(['JSON_ARRAY', 'ARROW_STREAM', 'CSV']).default('JSON_ARRAY'),
  wait_timeout: z.string().default('10s').transform(waitMilliseconds),
  on_wait_timeout: z.enum(['CONTINUE', 'CANCEL']).default('CONTINUE'),
  session_id: z.string().optional(),
  /** Not public; drivers send it (recorded). */
  result_compression: z.enum(['LZ4_FRAME', 'NONE']).optional(),
  // docs: at most 20 tags
  query_tags: z
    .array(z.object({ key: z.string(), value: z.string().nullish() }))
    .max(20)
    .optional(),
});

export type ExecuteRequest = z.output<typeof executeRequest>;

function waitMilliseconds(text: string, context: z.RefinementCtx): number {
  const seconds = /^(\d+)s$/.exec(text)?.[1];
  if (seconds === undefined || !(Number(seconds) === 0 || (Number(seconds) >= 5 && Number(seconds) <= 50))) {
    context.addIssue({ code: 'custom', message: `'${text}' must be 0s, or from 5s to 50s` });
    return z.NEVER;
  }
  return Number(seconds) * 1000;
}

/** CAN_USE on the warehouse, once it is known to exist (reference sql-wire 4.6). */
export function warehouseNeed(id: string, { ports }: Services): Need[] {
  if (!/^[0-9a-f]{16}$/.test(id)) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `${id} is not a valid endpoint id.`);
  }
  if (!ports.warehouses.list().some((warehouse) => warehouse.id === id)) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `SQL warehouse ${id} does not exist.`);
  }
  const denied = 'You do not have permission to use the SQL Warehouse.';
  return [{ privilege: 'CAN_USE', on: { kind: 'WAREHOUSE', name: id }, denied }];
}

/**
 * The combinations the platform refuses (docs: Statement Execution, format).
 * @throws ApiError 400
 */
export function checkDelivery({ disposition, format }: ExecuteRequest): void {
  if (disposition !== 'INLINE' || format === 'JSON_ARRAY') return;
  throw new ApiError(
    400,
    'INVALID_PARAMETER_VALUE',
    `The format ${format} is not supported with the disposition INLINE; use EXTERNAL_LINKS or JSON_ARRAY.`,
  );
}
