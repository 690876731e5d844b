// Where an engine is being installed, and how its steps run programs there. Knows no engine.

import { join } from 'node:path'
import { engineError, type StepName } from './messages.js'
import { runQuietly } from './run-quietly.js'

export type Environment = Readonly<Record<string, string | undefined>>

export interface InstallSite {
  /** The engine's own folder. */
  readonly directory: string
  readonly environment: Environment
  readonly signal: AbortSignal | undefined
  /** Exact versions of everything that is installed with the engine, as a pip constraints file; undefined = none. */
  readonly constraintsFile: string | undefined
  /**
   * Runs a program of the current step.
   * @returns what it wrote to standard output
   * @throws `engines.step-failed` | `engines.cancelled`
   */
  run(command: readonly [string, ...string[]], directory?: string): Promise<string>
}

export interface SiteOptions extends Pick<InstallSite, 'directory' | 'signal' | 'constraintsFile'> {
  readonly title: string
  readonly environment: Environment
}

/** @param currentStep the step that a failure is told as */
export const createSite = (options: SiteOptions, currentStep: () => StepName): InstallSite => {
  const { title, directory, signal, constraintsFile } = options
  const environment = toolEnvironment(options.environment)
  return {
    directory,
    environment,
    signal,
    constraintsFile,
    run: async (command, workingDirectory) => {
      const { status, output, tail } = await runQuietly(command, {
        environment,
        signal,
        ...(workingDirectory === undefined ? {} : { directory: workingDirectory }),
      })
      if (signal?.aborted) throw engineError('engines.cancelled', { title })
      if (status !== 0)
        throw engineError('engines.step-failed', {
          title,
          step: currentStep(),
          command: command.join(' '),
          detail: tail,
        })
      return output
    },
  }
}

/** The user's settings of pip count (its index, its proxy); what belongs to another environment does not. */
const toolEnvironment = (environment: Environment): Environment => {
  const { PYTHONPATH: _path, PYTHONHOME: _home, VIRTUAL_ENV: _venv, ...kept } = environment
  return { ...kept, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PYTHONNOUSERSITE: '1' }
}

/** A program of the engine's own Python environment. */
export const venvProgram = (directory: string, name: string): string => join(directory, 'venv', 'bin', name)
