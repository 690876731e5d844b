// Load tests of deployments, kept in the state directory: .llm-architect/calibrations.json. Only what was measured is
// kept, never factors, so that tests outlive a new version of the planner.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type DeploymentName, deploymentKeyOf, isSameDeployment, type LoadTest } from '../../planner/index.js'
import { cliError } from '../messages.js'

const duration = z.number().positive().nullable()

const schema = z.strictObject({
  version: z.literal(1),
  deployments: z.array(
    z.strictObject({
      deployment: z.strictObject({
        model: z.string(),
        accelerator: z.string(),
        precision: z.string(),
        kvDtype: z.string(),
        engine: z.string(),
        engineVersion: z.string().nullable(),
        tensorParallel: z.int().positive(),
        pipelineParallel: z.int().positive(),
        dataParallel: z.int().positive(),
        expertParallel: z.boolean(),
      }),
      tests: z.array(
        z.strictObject({
          load: z.strictObject({
            concurrency: z.number().positive(),
            inputTokens: z.number().positive(),
            outputTokens: z.number().positive(),
            /** The requests came on their own: `concurrency` is the mean number in flight. */
            openLoop: z.boolean().optional(),
          }),
          tpotMs: duration,
          ttftMs: duration,
          /** When it was added, ISO 8601. */
          addedAt: z.string(),
        }),
      ),
    }),
  ),
})

export type Calibrations = z.infer<typeof schema>

export const calibrationsPath = (stateDirectory: string): string => join(stateDirectory, 'calibrations.json')

/** What is kept there; nothing where there is no file. @throws `cli.calibrations-broken`, and leaves the file as it is */
export const readCalibrations = async (path: string): Promise<Calibrations> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, deployments: [] }
    throw error
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw cliError('cli.calibrations-broken', { file: path, detail }, { cause: error })
  }
}

/** Tests that say something about a deployment, in the order they were added. */
export const testsOf = ({ deployments }: Calibrations, deployment: DeploymentName): readonly LoadTest[] =>
  deployments.filter((kept) => isSameDeployment(kept.deployment, deployment)).flatMap(({ tests }) => tests)

/** Adds tests, atomically; one that is there already, with equal figures, is not added again. @returns how many were new */
export const addTests = async (
  path: string,
  deployment: DeploymentName,
  tests: readonly LoadTest[],
): Promise<number> => {
  const kept = await readCalibrations(path)
  const key = deploymentKeyOf(deployment)
  const own = kept.deployments.find((one) => deploymentKeyOf(one.deployment) === key)
  const known = new Set((own?.tests ?? []).map(fingerprint))
  const fresh = tests.filter((test) => !known.has(fingerprint(test)))
  const addedAt = new Date().toISOString()
  const entry = {
    deployment,
    tests: [
      ...(own?.tests ?? []),
      ...fresh.map(({ load, tpotMs, ttftMs }) => ({ load, tpotMs, ttftMs, addedAt })),
    ],
  }
  const others = kept.deployments.filter((one) => one !== own)
  await writeAtomically(path, { version: 1, deployments: [...others, entry] })
  return fresh.length
}

const fingerprint = ({ load, tpotMs, ttftMs }: LoadTest): string =>
  [load.concurrency, load.inputTokens, load.outputTokens, tpotMs, ttftMs, load.openLoop ?? false].join('/')

const writeAtomically = async (path: string, calibrations: Calibrations): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, `${JSON.stringify(calibrations, null, 2)}\n`)
  await rename(`${path}.new`, path)
}
