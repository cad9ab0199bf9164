import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configJsonSchemaText } from './json-schema.ts';
import { nearest } from './nearest.ts';

test('the published JSON Schema is fresh', () => {
  const published = readFileSync(join(import.meta.dirname, 'brickbox.schema.gen.json'), 'utf8');
  expect(published, 'run: node emulator/config/gen-schema.ts').toBe(configJsonSchemaText());
});

test('every top-level key of the published schema has a description and unknown keys are refused', () => {
  const schema = JSON.parse(configJsonSchemaText()) as {
    additionalProperties: boolean;
    properties: Record<string, { description?: string }>;
  };
  expect(schema.additionalProperties).toBe(false);
  for (const [key, one] of Object.entries(schema.properties)) expect(one.description, key).toBeTruthy();
});

test.each([
  ['valueFrom', ['value', 'value_from'], 'value_from'],
  ['persnoas', ['personas', 'apps'], 'personas'],
  ['xyz', ['personas', 'apps'], undefined],
  ['a', [], undefined],
])('nearest to %s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});
