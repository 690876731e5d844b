// The load that `verify` offers a project, and the questions it asks. Offers nothing itself.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LoadProfile, parseLoadProfile } from '../verify/index.js'

/** A project without a load profile of its own is measured with this one. */
const defaultProfile = {
  name: 'default',
  shape: 'poisson',
  requestsPerSecond: 10,
  durationSeconds: 15,
  warmupSeconds: 2,
  seed: 7,
} as const

const ownQuestions = 'evals/retrieval.jsonl'

/** The load that the project's file offers under this name, or the default. */
export const loadProfileOf = (
  directory: string,
  profile: 'here' | 'production',
  languages: readonly string[] = [],
): LoadProfile => {
  const file = join(directory, 'load-profile.yaml')
  if (existsSync(file)) return parseLoadProfile(readFileSync(file, 'utf8'), file, profile)
  if (existsSync(join(directory, ownQuestions))) return { ...defaultProfile, questions: ownQuestions }
  return { ...defaultProfile, questions: publicQuestions(languages), insteadOf: ownQuestions }
}

const publicQuestions = (languages: readonly string[]): string =>
  languages[0]?.startsWith('zh') ? 'builtin:drcd/questions' : 'builtin:banking77/test'
