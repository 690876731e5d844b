// Why an engine did not start, for people. What it knows of engines is for failures alone, so the guard loads this file
// only then, and with it no more than this needs. Knows no process.

import { engineError, explainEngineEnd } from '../../catalog/index.js'
import type { ArchitectError } from '../../core/index.js'
import { nameOfExit, type ProgramFailure, type ProgramSpec } from '../../supervisor/index.js'

export interface GuardedEngine {
  readonly deployment: string
  readonly address: string
  /** How the program is installed, where it is a known one. */
  readonly install: string | null
}

export const explainFailure = (
  failure: ProgramFailure,
  spec: ProgramSpec,
  { deployment, address, install }: GuardedEngine,
): ArchitectError => {
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
