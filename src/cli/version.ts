// The version of the product, read from its package.json.

import { readFileSync } from 'node:fs'
import { packageFile } from './package-file.js'

export const productVersion = (): string =>
  (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version
