import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, type Operation } from '../../../workspace/index.ts';
import { evidence } from '../evidence.ts';
import { scope } from './files.ts';

const path = '/api/2.0/fs/directories/{directory_path*}';
const request = z.object({ directory_path: z.string() });
const empty = Buffer.alloc(0);
/** docs: the default and the largest page of a directory. */
const largestPage = 1000;

const list = defineOperation({
  id: 'files.list_directory_contents',
  method: 'GET',
  path,
  scope,
  request: request.extend({
    page_size: z.coerce.number().int().optional(),
    page_token: z.string().optional(),
  }),
  handle({ caller, input, services }) {
    const asked = input.page_size ?? largestPage;
    const limit = asked <= 0 ? largestPage : Math.min(asked, largestPage);
    const after = input.page_token ? decode(input.page_token) : undefined;
    const found = services.volumes.list(caller, `/${input.directory_path}`, {
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      contents: shown.map((entry) => ({
        path: entry.directory ? `${entry.path}/` : entry.path,
        is_directory: entry.directory,
        name: entry.name,
        ...(entry.directory ? {} : { file_size: entry.size }),
        last_modified: entry.modifiedAt,
      })),
      ...(found.length > limit && last
        ? { next_page_token: Buffer.from(last.path).toString('base64url') }
        : {}),
    };
  },
  grade: 'thin',
  evidence,
});

const metadata = defineOperation({
  id: 'files.get_directory_metadata',
  method: 'HEAD',
  path,
  scope,
  request,
  handle({ caller, input, services }) {
    const entry = services.volumes.info(caller, `/${input.directory_path}`);
    if (!entry.directory) {
      throw new ApiError(404, 'NOT_FOUND', `There is a file, not a directory, at ${entry.path}.`);
    }
    return { body: empty };
  },
  grade: 'thin',
  evidence,
});

const create = defineOperation({
  id: 'files.create_directory',
  method: 'PUT',
  path,
  scope,
  body: 'raw',
  request,
  handle({ caller, input, services }) {
    services.volumes.makeDirectory(caller, `/${input.directory_path}`);
    return { status: 204, body: empty };
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'files.delete_directory',
  method: 'DELETE',
  path,
  scope,
  request,
  handle({ caller, input, services }) {
    services.volumes.removeDirectory(caller, `/${input.directory_path}`);
    return { status: 204, body: empty };
  },
  grade: 'thin',
  evidence,
});

function decode(token: string): string {
  const path = Buffer.from(token, 'base64url').toString('utf8');
  if (!path.startsWith('/Volumes/')) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'The page_token is not one that this list gave out.');
  }
  return path;
}

export const directoryOperations: readonly Operation[] = [list, metadata, create, remove];
