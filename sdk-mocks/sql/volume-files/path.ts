import { ApiError } from '../../../emulator/core/index.ts';
import type { ObjectName } from '../catalog/index.ts';

export interface ParsedPath {
  volume: ObjectName;
  /** Inside the volume, `/` for the volume itself. */
  inside: string;
}

/** Longest path of a file, bytes (assumed: that of object stores). */
const longest = 1024;

/**
 * Splits `/Volumes/catalog/schema/volume/...`. Names of the volume are lower-cased, the rest is case-sensitive. A path
 * is a key, never a file of this machine: parts `.` and `..`, empty parts and control characters are refused.
 * @throws ApiError 400
 */
export function parseVolumePath(path: string): ParsedPath {
  const parts = path.replace(/\/$/, '').split('/');
  const [start, word, catalog = '', schema = '', name = '', ...rest] = parts;
  if (start !== '' || word !== 'Volumes') throw bad(path, 'it does not start with /Volumes/');
  if (catalog === '' || schema === '' || name === '') {
    throw bad(path, 'it does not name a catalog, a schema and a volume');
  }
  if (rest.some((part) => part === '' || part === '.' || part === '..')) {
    throw bad(path, "it has an empty part, '.' or '..'");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\u0000-\u001f\u007f]/.test(path)) throw bad(path, 'it has a control character');
  if (Buffer.byteLength(path) > longest) throw bad('', `it is longer than ${longest} bytes`);
  return {
    volume: { catalog: catalog.toLowerCase(), schema: schema.toLowerCase(), name: name.toLowerCase() },
    inside: `/${rest.join('/')}`,
  };
}

function bad(path: string, why: string): ApiError {
  const shown = path === '' ? 'The path' : `The path ${JSON.stringify(path)}`;
  return new ApiError(400, 'INVALID_PARAMETER_VALUE', `${shown} is not a path of a volume: ${why}.`);
}
