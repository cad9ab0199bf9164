import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.{unit,client,journey,architecture}.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'fixtures/apps/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
