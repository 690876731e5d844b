// Child processes run from dist/: build it once before any test. Type errors are `npm run check`'s to refuse.

import { spawnSync } from 'node:child_process'

export const setup = () => {
  const compiler = 'node_modules/typescript/bin/tsc'
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    encoding: 'utf8',
  })
  if (status !== 0)
    process.stderr.write(
      `The build reported errors; tests of child processes run what it emitted.\n${stdout}\n`,
    )
}
