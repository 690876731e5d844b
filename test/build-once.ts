// Child processes run from dist/: build it once before any test. Type errors are `npm run check`'s to refuse.

import { spawnSync } from 'node:child_process'

export const setup = () => {
  run(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
  run(['scripts/bundle.mjs'])
}

const run = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0)
    process.stderr.write(
      `The build reported errors; tests of child processes run what it emitted.\n${stdout}${stderr}\n`,
    )
}
