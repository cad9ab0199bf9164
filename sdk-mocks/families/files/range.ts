import { ApiError } from '../../../emulator/core/index.ts';

/** Bytes `from` to `to` of a file, both included. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * What a `Range` header asks of a file of `size` bytes; undefined for the whole file. Several ranges and other units are
 * answered with the whole file, as RFC 9110 allows.
 * @throws ApiError 416 when nothing of it is inside the file.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!found) return undefined;
  const [, first = '', last = ''] = found;
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (from >= size) {
    const message = `The range ${header} is outside the file, which has ${size} bytes.`;
    throw new ApiError(416, 'RANGE_NOT_SATISFIABLE', message, {
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return { from, to };
}
