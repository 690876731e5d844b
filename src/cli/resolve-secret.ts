// Secrets by reference: `${env:NAME}` and `${file:PATH}`. The one place where they get their value.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { cliError } from './messages.js'

export interface SecretSource {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where relative paths start: the folder of architecture.yaml. */
  readonly directory: string
}

/**
 * The value of a reference, without the line break a file may end with.
 * @param where what needs it, for the error
 * @throws `cli.secret-missing`
 */
export const resolveSecret = (reference: string, where: string, source: SecretSource): string => {
  const [, kind, name = ''] = /^\$\{(env|file):([^}]+)\}$/.exec(reference) ?? []
  const value = kind === 'env' ? source.environment[name] : readSecretFile(resolve(source.directory, name))
  if (!value) throw cliError('cli.secret-missing', { reference, where })
  return value
}

const readSecretFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch {
    // The caller says which reference has no value.
    return undefined
  }
}
