import { ApiError, SqlError } from '../../emulator/index.ts';
import { reasonsOf } from './reasons.ts';

export interface Judgement {
  denied: boolean;
  /** What happened, for the message of a failed assertion. */
  what: string;
  /** Everything that says why, most telling first. */
  reasons: string[];
}

/** Insufficient privilege (SQL standard, and the SQLSTATE of the platform's permission errors). */
const insufficientPrivilege = '42501';

/**
 * Tells whether something was refused for lack of rights.
 * @param received a response, an error, a promise of either, or a function that makes one
 */
export async function judge(received: unknown): Promise<Judgement> {
  const outcome = await settle(received);
  if (outcome instanceof Response) return judgeResponse(outcome);
  if (outcome instanceof SqlError) {
    return {
      denied: outcome.sqlState === insufficientPrivilege,
      what: outcome.message,
      reasons: [outcome.message, ...explained(outcome)],
    };
  }
  if (outcome instanceof ApiError) {
    return {
      denied: outcome.status === 401 || outcome.status === 403,
      what: `${outcome.status} ${outcome.message}`,
      reasons: [outcome.message, ...explained(outcome)],
    };
  }
  if (outcome instanceof Error)
    return { denied: false, what: `it failed with ${outcome.message}`, reasons: [] };
  return { denied: false, what: 'it went through', reasons: [] };
}

async function settle(received: unknown): Promise<unknown> {
  try {
    return await (typeof received === 'function' ? received() : received);
  } catch (error) {
    return error;
  }
}

async function judgeResponse(response: Response): Promise<Judgement> {
  const text = response.bodyUsed ? '' : await response.clone().text();
  return {
    denied: response.status === 401 || response.status === 403,
    what: `status ${response.status}${response.headers.has('location') ? ' (a redirect)' : ''}`,
    reasons: [...reasonsOf(response), ...(text ? [text] : [])],
  };
}

function explained({ explanation }: SqlError | ApiError): string[] {
  return explanation ? [`${explanation.rule} ${explanation.fix}`] : [];
}
