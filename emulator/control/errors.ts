import { z } from 'zod';
import { ApiError, BrickboxError, type Explanation, SqlError } from '../core/index.ts';

/** A refusal of the control API itself. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: number;
  readonly code: string;
  readonly fix: string | undefined;

  constructor(status: number, code: string, message: string, fix?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.fix = fix;
  }
}

/** Body of every refused request. */
export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    fix: z.string().optional(),
    /** What the platform would have answered, when it is the one that refused. */
    platform: z
      .object({
        status: z.number().optional(),
        error_code: z.union([z.string(), z.number()]).optional(),
        error_class: z.string().optional(),
        sql_state: z.string().optional(),
      })
      .optional(),
    explanation: z.object({ who: z.string().optional(), rule: z.string(), fix: z.string() }).optional(),
    fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  }),
});

export type ErrorBody = z.output<typeof errorBody>;

/**
 * Status and body for anything thrown by a route. A refusal by the platform under test is 422, so that it can
 * be told from a refusal of the control API (4xx with our own code). Unexpected errors carry no detail.
 */
export function encodeError(error: unknown): { status: number; body: ErrorBody; unexpected: boolean } {
  const answer = (status: number, body: ErrorBody['error'], unexpected = false) => ({
    status,
    body: { error: body },
    unexpected,
  });
  if (error instanceof ControlError) {
    return answer(error.status, {
      code: error.code,
      message: error.message,
      ...(error.fix && { fix: error.fix }),
    });
  }
  if (error instanceof z.ZodError) {
    const fields = error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
    const first = fields[0];
    return answer(400, {
      code: 'INVALID_REQUEST',
      message: first
        ? `${first.field || 'The request'}: ${first.message}.`
        : 'The request could not be understood.',
      fix: 'See /v1/openapi.json for the fields of this request.',
      fields,
    });
  }
  if (error instanceof SqlError) {
    return answer(422, {
      code: 'SQL_ERROR',
      message: error.message,
      platform: { error_class: error.errorClass, sql_state: error.sqlState },
      ...explained(error.explanation),
    });
  }
  if (error instanceof ApiError) {
    return answer(422, {
      code: 'API_ERROR',
      message: error.message,
      platform: { status: error.status, error_code: error.code },
      ...explained(error.explanation),
    });
  }
  if (error instanceof BrickboxError) {
    return answer(error.kind === 'user' ? 409 : 500, {
      code: error.code,
      message: error.message,
      ...(error.fix && { fix: error.fix }),
    });
  }
  if (isBodyParserError(error)) {
    return answer(error.status, { code: 'INVALID_REQUEST', message: 'The body is not valid JSON.' });
  }
  return answer(
    500,
    { code: 'INTERNAL', message: 'Brickbox failed on this request; its log says more.' },
    true,
  );
}

function explained(explanation: Explanation | undefined): {
  explanation?: ErrorBody['error']['explanation'];
} {
  if (!explanation) return {};
  const { who, rule, fix } = explanation;
  return { explanation: { rule, fix, ...(who && { who }) } };
}

/** Express' JSON reader throws http-errors with a 4xx status. */
function isBodyParserError(error: unknown): error is Error & { status: number } {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  );
}
