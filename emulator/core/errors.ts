/** One entry of the `details` array of a platform error, in google.rpc form. */
export interface ErrorDetail {
  '@type': string;
  [field: string]: unknown;
}

/** Why something was denied and what to change: shown in the journal, the console and matchers, apart from the platform's text. */
export interface Explanation {
  /** Who was refused, as `user ana@acme.test`. */
  who?: string;
  /** The grant, scope, permission, filter or rule that decided. */
  rule: string;
  /** One sentence: what to change. */
  fix: string;
}

/**
 * What the platform itself would answer. Encoded as `{"error_code", "message", "details"?}` unless `body`
 * gives the exact other form (text, SCIM, OAuth).
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** `error_code` of the body. Authentication failures carry a number (docs: identity-auth, error table). */
  readonly code: string | number;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;
  /** Exact body when it is not the usual JSON: a string is sent as text/plain, an object as JSON. */
  readonly body: string | object | undefined;
  readonly explanation: Explanation | undefined;

  constructor(
    status: number,
    code: string | number,
    message: string,
    more: {
      details?: readonly ErrorDetail[];
      headers?: Record<string, string>;
      body?: string | object;
      explanation?: Explanation;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = more.details ?? [];
    this.headers = more.headers ?? {};
    this.body = more.body;
    this.explanation = more.explanation;
  }
}

/** A SQL error in the platform's form: `[CLASS] text SQLSTATE: xxxxx`. Thrown by the warehouse, never with hidden values in it. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** Error class, for example `TABLE_OR_VIEW_NOT_FOUND`. */
  readonly errorClass: string;
  /** Five characters, for example `42P01`. */
  readonly sqlState: string;
  /** The sentence alone, without class and SQLSTATE. */
  readonly text: string;
  readonly explanation: Explanation | undefined;

  constructor(errorClass: string, sqlState: string, text: string, explanation?: Explanation) {
    super(`[${errorClass}] ${text}${/\s$/.test(text) ? '' : ' '}SQLSTATE: ${sqlState}`);
    this.errorClass = errorClass;
    this.sqlState = sqlState;
    this.text = text;
    this.explanation = explanation;
  }
}

/** Where a configuration or seed problem sits. Lines and columns count from 1. */
export interface SourcePosition {
  file: string;
  line?: number;
  column?: number;
  /** Dotted path of the field, for example `apps.orders.resources.0.name`. */
  field?: string;
}

/** An error of Brickbox itself: what happened, why, how to fix it. */
export class BrickboxError extends Error {
  override readonly name = 'BrickboxError';
  /** Stable code, upper case with underscores, for example `CONFIG_UNKNOWN_KEY`. */
  readonly code: string;
  /** `user`: something the user can fix; `internal`: a defect of Brickbox. */
  readonly kind: 'user' | 'internal';
  readonly fix: string | undefined;
  readonly at: SourcePosition | undefined;

  constructor(
    code: string,
    message: string,
    more: { kind?: 'user' | 'internal'; fix?: string; at?: SourcePosition; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.kind = more.kind ?? 'user';
    this.fix = more.fix;
    this.at = more.at;
  }

  /** `file:line:column: message (field). Fix.` on as many lines as needed, for a terminal. */
  toText(): string {
    const { at } = this;
    const place = at
      ? [at.file, at.line, at.column].filter((part) => part !== undefined).join(':')
      : undefined;
    const lines = [place ? `${place}: ${this.message}` : this.message];
    if (at?.field) lines.push(`  field: ${at.field}`);
    if (this.fix) lines.push(`  fix:   ${this.fix}`);
    return lines.join('\n');
  }
}
