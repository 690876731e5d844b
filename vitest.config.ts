import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { v8Flags } from './src/supervisor/v8-flags.js'

/** What measures time on purpose runs after everything else, beside nothing but what mostly waits for processes. */
const alone = [
  'test/e2e/sabotage.test.ts',
  'src/cli/launch/engine-pool.test.ts',
  'src/supervisor/supervise-program.test.ts',
]

/** The same of the tests with engines, beside engines that have nothing to do. */
const aloneWithEngines = ['test/engines/planner-prediction.test.ts']

const engines = { testTimeout: 120_000, hookTimeout: 300_000 }

/** Where vLLM is installed, a design that is written asks it for its flags: eleven seconds in place of half a one. */
const withoutEngines = { LLM_ARCHITECT_ENGINES: join(tmpdir(), 'no-engines-here') }

/** A module is replaced only in a process that has not loaded it yet. */
const replacesModules = ['src', 'test']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.test.ts') && /\bvi\.(do)?mock\(/i.test(readFileSync(file, 'utf8')))

/**
 * The tests of whole systems first: they take longest and mostly wait for processes of their own, so what is left for
 * the end is short, also where no earlier run has left its times.
 */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) =>
      2 * project.config.sequence.groupOrder + (moduleId.includes('/test/e2e/') ? 0 : 1)
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    // The last one as in the database process: optimising what only a start uses costs as much as the start itself.
    execArgv: [...v8Flags, '--wasm-tiering-budget=2147483647'],
    // Twice as many as the smallest machine has cores: many tests wait for processes of their own.
    maxWorkers: 4,
    sequence: { sequencer: SlowFirst },
    globalSetup: ['test/build-once.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'npm',
          env: withoutEngines,
          // One process runs many files: loading the product anew for each took half of the processor time.
          // So a file puts back what it changes (environment, working directory, spies).
          isolate: false,
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [
            'test/services/**',
            'test/engines/**',
            'test/acceptance/**',
            'test/fixtures/**',
            ...alone,
            ...replacesModules,
          ],
        },
      },
      { extends: true, test: { name: 'apart', env: withoutEngines, include: replacesModules } },
      {
        extends: true,
        test: {
          name: 'alone',
          env: withoutEngines,
          include: alone,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'acceptance', include: ['test/acceptance/**/*.test.ts'] } },
      { extends: true, test: { name: 'services', include: ['test/services/**/*.test.ts'] } },
      {
        // Two at a time: the start of an engine, of which most of this tier is made, keeps one core busy.
        extends: true,
        test: {
          ...engines,
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          exclude: aloneWithEngines,
          globalSetup: ['test/engines/start-engines.ts'],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          ...engines,
          name: 'engines-alone',
          include: aloneWithEngines,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
