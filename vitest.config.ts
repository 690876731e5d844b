import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--no-maglev', '--no-turboshaft-load-elimination'],
    maxWorkers: 2,
    globalSetup: ['test/build-once.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'npm',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/services/**', 'test/acceptance/**', 'test/fixtures/**'],
        },
      },
      { extends: true, test: { name: 'acceptance', include: ['test/acceptance/**/*.test.ts'] } },
      { extends: true, test: { name: 'services', include: ['test/services/**/*.test.ts'] } },
    ],
  },
})
