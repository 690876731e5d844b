import { defineConfig } from 'vitest/config'

/** What measures time on purpose runs after everything else, with the machine to itself. */
const alone = ['test/e2e/sabotage.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--no-maglev', '--no-turboshaft-load-elimination'],
    // One more than the smallest machine has cores: many tests wait for processes of their own.
    maxWorkers: 3,
    globalSetup: ['test/build-once.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'npm',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [
            'test/services/**',
            'test/engines/**',
            'test/acceptance/**',
            'test/fixtures/**',
            ...alone,
          ],
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'acceptance', include: ['test/acceptance/**/*.test.ts'] } },
      { extends: true, test: { name: 'services', include: ['test/services/**/*.test.ts'] } },
      {
        // The engines need the cores: one file at a time.
        extends: true,
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          globalSetup: ['test/engines/start-engines.ts'],
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
