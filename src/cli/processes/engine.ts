// Entry of the process between us and an engine: starts it, ends it with all its workers when we are gone, and says
// in plain words why it did not start. argv[2] is `EngineGuardArguments` as JSON; secrets are in the environment only.

import { systemClock } from '../../core/index.js'
import { guardProgram, type ProgramFailure, type ProgramSpec } from '../../supervisor/index.js'
import type { GuardedEngine } from '../launch/explain-failure.js'

export interface EngineGuardArguments {
  readonly spec: ProgramSpec
  readonly engine: GuardedEngine
}

const { spec, engine } = JSON.parse(process.argv[2] ?? '{}') as EngineGuardArguments

const explain = async (failure: ProgramFailure) => {
  // What it knows of engines and models is for failures alone: a start is faster, and a guard smaller, without it.
  const { explainFailure } = await import('../launch/explain-failure.js')
  return explainFailure(failure, spec, engine)
}

guardProgram({ spec, env: process.env, clock: systemClock, explain })
