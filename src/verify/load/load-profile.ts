// load-profile.yaml: which load is offered. Knows nothing of how it is sent.

import { parse } from 'yaml'
import { z } from 'zod'
import { verifyError } from '../messages.js'

const profile = z.strictObject({
  shape: z.enum(['poisson', 'constant']),
  /** Mean rate of arrivals. */
  requestsPerSecond: z.number().positive().max(10_000),
  /** Length of the measured part. */
  durationSeconds: z.number().positive(),
  /** The same load before it, not counted. */
  warmupSeconds: z.number().nonnegative().default(0),
  /** JSON lines with `question` or `text`: a file relative to the profile's own, or `builtin:NAME` of the product's. */
  questions: z.string(),
  seed: z.int().default(1),
})

const file = z.strictObject({ version: z.literal(1), profiles: z.record(z.string(), profile) })

export type LoadProfile = z.infer<typeof profile> & {
  readonly name: string
  /** The file of the project's own questions, where it is absent and `questions` fills in. */
  readonly insteadOf?: string
}

/**
 * One profile of the file.
 * @throws `verify.load-profile-not-yaml` | `verify.load-profile-invalid` | `verify.load-profile-unknown`
 */
export const parseLoadProfile = (text: string, path: string, name: string): LoadProfile => {
  const { profiles } = parseFile(text, path)
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (!found) throw verifyError('verify.load-profile-unknown', { path, name, known: Object.keys(profiles) })
  return { ...found, name }
}

const parseFile = (text: string, path: string) => {
  let value: unknown
  try {
    value = parse(text, { prettyErrors: false })
  } catch (error) {
    throw verifyError(
      'verify.load-profile-not-yaml',
      { path, detail: (error as Error).message },
      { cause: error },
    )
  }
  const parsed = file.safeParse(value)
  if (parsed.success) return parsed.data
  throw verifyError('verify.load-profile-invalid', { path, detail: z.prettifyError(parsed.error) })
}
