import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';
import { evidence, name, needs } from '../scope.ts';

/** docs: secret management, limits. */
const mostBytes = 128 * 1024;

const put = defineOperation({
  id: 'secrets.put_secret',
  method: 'POST',
  path: '/api/2.0/secrets/put',
  scope: ['secrets'],
  request: z.object({
    scope: z.string(),
    key: name,
    string_value: z.string().optional(),
    bytes_value: z.base64().optional(),
  }),
  needs: needs('WRITE'),
  handle({ input: { scope, key, string_value: text, bytes_value: bytes }, services: { ports } }) {
    if ((text === undefined) === (bytes === undefined)) {
      throw new ApiError(
        400,
        'INVALID_PARAMETER_VALUE',
        'Exactly one of string_value and bytes_value is needed.',
      );
    }
    const value = bytes === undefined ? Buffer.from(text ?? '') : Buffer.from(bytes, 'base64');
    if (value.length > mostBytes) {
      throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `A secret has at most ${mostBytes} bytes.`);
    }
    if (!isUtf8(value)) {
      throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'Brickbox keeps secrets that are UTF-8 text only.');
    }
    ports.secrets.put(scope, key, value.toString('utf8'));
    return {};
  },
  grade: 'thin',
  evidence,
});

const keyOf = z.object({ scope: z.string(), key: z.string() });

function missing(scope: string, key: string): ApiError {
  return new ApiError(
    404,
    'RESOURCE_DOES_NOT_EXIST',
    `Failed to get secret ${key} for scope ${scope}. The secret does not exist.`,
  );
}

/** The value in base64 (docs). */
const get = defineOperation({
  id: 'secrets.get_secret',
  method: 'GET',
  path: '/api/2.0/secrets/get',
  scope: ['secrets'],
  request: keyOf,
  needs: needs('READ'),
  handle({ input: { scope, key }, services: { ports } }) {
    const value = ports.secrets.get(scope, key);
    if (value === undefined) throw missing(scope, key);
    return { key, value: Buffer.from(value).toString('base64') };
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'secrets.delete_secret',
  method: 'POST',
  path: '/api/2.0/secrets/delete',
  scope: ['secrets'],
  request: keyOf,
  needs: needs('WRITE'),
  handle({ input: { scope, key }, services: { ports, store } }) {
    if (!ports.secrets.keys(scope).includes(key)) throw missing(scope, key);
    // The scope outlives its last secret.
    store.run('INSERT OR IGNORE INTO secret_scopes (name) VALUES (?)', scope);
    ports.secrets.remove(scope, key);
    return {};
  },
  grade: 'thin',
  evidence,
});

/** Keys and times, never values. */
const list = defineOperation({
  id: 'secrets.list_secrets',
  method: 'GET',
  path: '/api/2.0/secrets/list',
  scope: ['secrets'],
  request: z.object({ scope: z.string() }),
  needs: needs('READ'),
  handle: ({ input: { scope }, services: { ports } }) => ({
    secrets: ports.secrets.keys(scope).map((key) => ({
      key,
      last_updated_timestamp: ports.secrets.updatedAt(scope, key),
    })),
  }),
  grade: 'thin',
  evidence,
});

export const secretOperations = [put, get, remove, list];
