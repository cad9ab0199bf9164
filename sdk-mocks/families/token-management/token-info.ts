import type { PatFacts } from '../../../emulator/identity/index.ts';
import type { Services } from '../../workspace/index.ts';

/** A personal access token as admins see it: never its value. Times are epoch milliseconds, -1 means never. */
export function tokenInfo(pat: PatFacts, { ports }: Services): object {
  const { directory, workspaceId } = ports.identity;
  const owner = directory.find(pat.owner);
  const creator = directory.find(pat.createdBy);
  return {
    token_id: pat.tokenId,
    comment: pat.comment,
    creation_time: pat.createdAt,
    expiry_time: pat.expiresAt ?? -1,
    scopes: pat.scopes,
    workspace_id: Number(workspaceId),
    created_by_username: pat.createdBy,
    ...(creator ? { created_by_id: Number(creator.id) } : {}),
    ...(owner ? { owner_id: Number(owner.id) } : {}),
  };
}
