import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'house',
          include: ['**/*.{unit,client,journey,architecture}.test.ts'],
          exclude: ['**/node_modules/**', 'dist/**', 'fixtures/apps/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      // The sample app's own tests, as a user would run them: with the kit.
      'fixtures/apps/orders-express/vitest.config.ts',
    ],
  },
});
