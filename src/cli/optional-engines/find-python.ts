// The Python that an engine's environment is made with.

import { engineError } from './messages.js'
import { runQuietly } from './run-quietly.js'

export interface PythonNeed {
  readonly title: string
  /** Minor versions of Python 3 that the engine's packages are built for, oldest and newest. */
  readonly minors: readonly [number, number]
  /** The one program and version that will do, where others fail. */
  readonly only?: { readonly program: string; readonly version: string }
}

interface FoundPython {
  readonly program: string
  /** `3.11.2`; undefined when the program is not there. */
  readonly version: string | undefined
  readonly canMakeVenv: boolean
}

export type ProbePython = (program: string) => Promise<FoundPython>

/** `ensurepip` is what Debian leaves out of python3 and brings with python3-venv. */
const probeCode =
  'import sys, importlib.util as u; print("%d.%d.%d" % sys.version_info[:3], bool(u.find_spec("venv") and u.find_spec("ensurepip")))'

export const probePython =
  (environment: Readonly<Record<string, string | undefined>>): ProbePython =>
  async (program) => {
    const { status, output } = await runQuietly([program, '-c', probeCode], { environment })
    const [version, canMakeVenv] = status === 0 ? output.trim().split(' ') : []
    return { program, version, canMakeVenv: canMakeVenv === 'True' }
  }

/**
 * @param named the one the user names; only it is looked at then
 * @throws `engines.python-missing` | `engines.python-not-debian` | `engines.venv-missing`
 */
export const findPython = async (
  need: PythonNeed,
  probe: ProbePython,
  named?: string | undefined,
): Promise<string> => {
  const { title, only } = need
  if (only) {
    const python = await probe(only.program)
    if (python.version !== only.version)
      throw engineError('engines.python-not-debian', {
        title,
        needed: only.version,
        found: python.version ?? '',
      })
    if (!python.canMakeVenv) throw engineError('engines.venv-missing', { title, python: only.program })
    return only.program
  }
  const found: FoundPython[] = []
  for (const program of named ? [named] : candidates) found.push(await probe(program))
  const fitting = found.filter(({ version }) => isWithin(version, need.minors))
  const chosen = fitting.find(({ canMakeVenv }) => canMakeVenv)
  if (chosen) return chosen.program
  if (fitting[0]) throw engineError('engines.venv-missing', { title, python: fitting[0].program })
  const [oldest, newest] = need.minors
  throw engineError('engines.python-missing', {
    title,
    needed: `3.${oldest} to 3.${newest}`,
    found: found
      .flatMap(({ program, version }) => (version === undefined ? [] : [`${program} ${version}`]))
      .join(', '),
  })
}

const candidates = [
  '/usr/bin/python3',
  'python3',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
] as const

const isWithin = (version: string | undefined, [oldest, newest]: readonly [number, number]): boolean => {
  const [major, minor = -1] = (version ?? '').split('.').map(Number)
  return major === 3 && minor >= oldest && minor <= newest
}
