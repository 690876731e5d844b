// Files of the product itself: this is the same two folders up in src/ and in dist/.

import { fileURLToPath } from 'node:url'

/** Absolute path of a file of the package, such as `examples/bank-support`. */
export const packageFile = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Absolute path of the entry of a child process; children always run from dist/bundle/. */
export const processEntry = (
  name: 'bench' | 'database' | 'engine' | 'knowledge' | 'llama' | 'load' | 'provider-mock',
): string => packageFile(`dist/bundle/${name}.js`)
