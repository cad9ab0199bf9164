import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, type Operation } from '../../../workspace/index.ts';
import { evidence } from '../evidence.ts';
import { scope } from './files.ts';

/** A presigned URL to read a file (code: databricks-sdk-py mixins/files.py, `create-download-url`). */
const downloadUrl = defineOperation({
  id: 'files.create_download_url',
  method: 'POST',
  path: '/api/2.0/fs/create-download-url',
  scope,
  request: z.object({ path: z.string(), expire_time: z.string().optional() }),
  handle({ caller, input, headers, services }) {
    const seconds = secondsUntil(input.expire_time, services.clock.wall());
    const link = services.volumes.link(caller, 'GET', input.path, seconds === undefined ? {} : { seconds });
    // The listener has checked Host against its own list, so this names one of our origins.
    const scheme = headers.host?.startsWith('127.0.0.1') ? 'http' : 'https';
    return { url: `${scheme}://${headers.host}${link.url}`, headers: [] };
  },
  grade: 'assumed',
  evidence,
});

/** Longest life of a link, seconds (assumed). */
const longest = 3600;

function secondsUntil(time: string | undefined, now: number): number | undefined {
  if (time === undefined) return undefined;
  const seconds = (Date.parse(time) - now) / 1000;
  if (!(seconds > 0)) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `expire_time is not a time in the future: ${time}.`);
  }
  return Math.min(seconds, longest);
}

export const urlOperations: readonly Operation[] = [downloadUrl];
