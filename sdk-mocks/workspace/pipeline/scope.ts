import { ApiError } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/identity/index.ts';
import { satisfyingScope } from '../scopes.ts';
import type { WorkspaceSettings } from '../settings.ts';
import { type Step, written } from './context.ts';

/** Does the token carry a scope that opens the operation? (docs: API scopes; reference apps-platform 2.2, 2.4) */
export const scope: Step = (call, { settings }) => {
  const caller = written(call.caller, 'the caller');
  const required = written(call.match, 'the operation').operation.scope;
  if (required === null) return;
  const satisfiedBy = satisfyingScope(caller.scopes, required);
  call.scopes = { required, satisfiedBy };
  if (satisfiedBy === null) throw missingScope(caller, required[0] ?? 'all-apis', call.path, settings);
};

function missingScope(caller: Caller, wanted: string, path: string, settings: WorkspaceSettings): ApiError {
  const explanation = {
    who: `${caller.principal.kind === 'user' ? 'user' : 'service principal'} ${caller.principal.name}`,
    rule: `the token has the scopes ${caller.scopes.join(' ') || '(none)'}, the operation asks for ${wanted}`,
    fix: fix(caller, wanted),
  };
  if (!asJson(path, settings.scopeErrorFormat)) {
    const text = `Invalid scope, required scopes: ${wanted}`;
    return new ApiError(403, 'PERMISSION_DENIED', text, { body: text, explanation });
  }
  const kind = caller.how === 'pat' ? 'access' : 'OAuth';
  return new ApiError(
    403,
    'PERMISSION_DENIED',
    `Provided ${kind} token does not have required scopes: ${wanted}`,
    { explanation },
  );
}

function fix(caller: Caller, wanted: string): string {
  if (caller.how === 'obo' && caller.app) {
    return wanted === 'all-apis'
      ? `No user scope opens this operation: call it as the service principal of ${caller.app}.`
      : `Add ${wanted} to user_api_scopes of the app ${caller.app}, then sign in and consent again.`;
  }
  return `Ask for a token with the scope ${wanted} or all-apis.`;
}

/** field: Unity Catalog, SQL and token paths answer JSON, most others plain text. */
function asJson(path: string, format: WorkspaceSettings['scopeErrorFormat']): boolean {
  if (format !== 'by_path') return format === 'json';
  return /^\/api\/\d\.\d\/(?:unity-catalog|sql|token)\//.test(path);
}
