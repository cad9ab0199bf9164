import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import type { FileEntry } from '../../../sql/index.ts';
import { defineOperation, type Operation } from '../../../workspace/index.ts';
import { evidence } from '../evidence.ts';
import { rangeOf } from '../range.ts';

const path = '/api/2.0/fs/files/{file_path*}';
export const scope = ['files'];
const request = z.object({ file_path: z.string() });
const empty = Buffer.alloc(0);

/** docs: Files API, headers of a download. */
function headersOf(entry: FileEntry): Record<string, string> {
  return {
    'content-type': entry.contentType,
    'last-modified': new Date(entry.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
  };
}

/** `Range` and `If-Unmodified-Since` are what SDKs resume with (code: databricks-sdk-py mixins/files.py). */
const download = defineOperation({
  id: 'files.download',
  method: 'GET',
  path,
  scope,
  request,
  handle({ caller, input, headers, services }) {
    const { entry, bytes } = services.volumes.read(caller, `/${input.file_path}`);
    const unmodified = Date.parse(headers['if-unmodified-since'] ?? '');
    if (Math.floor(entry.modifiedAt / 1000) * 1000 > unmodified) {
      throw new ApiError(
        412,
        'PRECONDITION_FAILED',
        'The file was changed after the time the request names.',
      );
    }
    const range = rangeOf(headers.range, bytes.length);
    if (!range) return { headers: headersOf(entry), body: bytes };
    return {
      status: 206,
      headers: {
        ...headersOf(entry),
        'content-range': `bytes ${range.from}-${range.to}/${bytes.length}`,
      },
      body: bytes.subarray(range.from, range.to + 1),
    };
  },
  grade: 'thin',
  evidence,
});

const metadata = defineOperation({
  id: 'files.get_metadata',
  method: 'HEAD',
  path,
  scope,
  request,
  handle({ caller, input, services }) {
    const entry = services.volumes.info(caller, `/${input.file_path}`);
    if (entry.directory) {
      throw new ApiError(404, 'NOT_FOUND', `There is a directory, not a file, at ${entry.path}.`);
    }
    return { headers: { ...headersOf(entry), 'content-length': String(entry.size) }, body: empty };
  },
  grade: 'thin',
  evidence,
});

const upload = defineOperation({
  id: 'files.upload',
  method: 'PUT',
  path,
  scope,
  body: 'raw',
  request: request.extend({ overwrite: z.enum(['true', 'false', 'True', 'False']).optional() }),
  handle({ caller, input, body, services }) {
    const overwrite = input.overwrite?.toLowerCase() === 'true';
    services.volumes.write(caller, `/${input.file_path}`, body, { overwrite });
    return { status: 204, body: empty };
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'files.delete',
  method: 'DELETE',
  path,
  scope,
  request,
  handle({ caller, input, services }) {
    services.volumes.remove(caller, `/${input.file_path}`);
    return { status: 204, body: empty };
  },
  grade: 'thin',
  evidence,
});

export const fileOperations: readonly Operation[] = [download, metadata, upload, remove];
