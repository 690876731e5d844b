// Entry of the process between us and an engine: starts it, ends it with all its workers when we are gone, and says
// in plain words why it did not start. argv[2] is `EngineGuardArguments` as JSON; secrets are in the environment only.

import { type ArchitectError, systemClock } from '../../core/index.js'
import { guardProgram, nameOfExit, type ProgramFailure, type ProgramSpec } from '../../supervisor/index.js'

export interface EngineGuardArguments {
  readonly spec: ProgramSpec
  readonly engine: {
    readonly deployment: string
    readonly address: string
    /** How the program is installed, where it is a known one. */
    readonly install: string | null
  }
}

const { spec, engine } = JSON.parse(process.argv[2] ?? '{}') as EngineGuardArguments

const explain = async (failure: ProgramFailure): Promise<ArchitectError> => {
  // What it knows of engines and models is for failures alone: a start is faster, and a guard smaller, without it.
  const { engineError, explainEngineEnd } = await import('../../catalog/index.js')
  const { deployment, address, install } = engine
  const log = spec.logFile
  if (failure.kind === 'port-taken')
    return engineError('engine.port-taken', { deployment, address, by: failure.by })
  if (failure.kind === 'not-ready') {
    const line = failure.lines.at(-1) ?? ''
    return engineError('engine.not-ready', { deployment, seconds: spec.readyTimeoutMs / 1000, line, log })
  }
  const { exit, lines } = failure
  const program = spec.command[0] ?? ''
  if (exit.startFailure === 'ENOENT')
    return engineError('engine.program-missing', { deployment, program, install })
  if (exit.startFailure !== undefined)
    return engineError('engine.program-refused', { deployment, program, reason: exit.startFailure })
  return explainEngineEnd({ deployment, address, log, exit: nameOfExit(exit), lines })
}

guardProgram({ spec, env: process.env, clock: systemClock, explain })
