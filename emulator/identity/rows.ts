import { z } from 'zod';

const list = z.array(z.string());

/** Reads a list of strings that was stored as JSON. */
export function stringList(text: string): string[] {
  return list.parse(JSON.parse(text));
}
