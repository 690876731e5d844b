// The process around the command line: what it does when nobody reads its output.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const packageFile = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const main = packageFile('dist/bundle/main.js')

describe.skipIf(process.platform === 'win32')('a reader that leaves', () => {
  it('ends the command quietly', { timeout: 60_000 }, () => {
    const design = `"${process.execPath}" "${main}" design "${packageFile('examples/designs/chat-one-gpu.yaml')}"`
    const shell = spawnSync('sh', ['-c', `${design} --no-write --json | head -c 100`], { encoding: 'utf8' })
    expect(shell.stdout).toHaveLength(100)
    expect(shell.stderr).toBe('')
  })
})
