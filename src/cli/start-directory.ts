// Where `start` keeps what it makes.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stateDirectoryName } from './project.js'

/** In a checkout the checkout itself; an installed package is nobody's place for state, so the working directory. */
export const startDirectory = (packageDirectory: string, workingDirectory: string): string => {
  const isCheckout = existsSync(join(packageDirectory, 'tsconfig.build.json'))
  return join(isCheckout ? packageDirectory : workingDirectory, stateDirectoryName)
}
