#!/usr/bin/env node
// The command. Makes a checkout ready, then runs the real process on the right Node with the right flags.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { compileCache, ensureBuilt, ensureInstalled, nodePath, packageRoot, v8Flags } from './bootstrap.mjs'
import { whenNpmIsGone } from './starter.mjs'

let child
let isStopping = false
const stop = (signal) => {
  isStopping = true
  child.kill(signal)
}
whenNpmIsGone(() => {
  if (!child) process.exit(143)
  if (!isStopping) stop('SIGTERM')
})

await ensureInstalled()
await ensureBuilt()

// The fourth pipe is never written to: when this process ends, however it ends, the real one sees it close.
child = spawn(
  nodePath(),
  [...v8Flags, join(packageRoot, 'dist', 'bundle', 'main.js'), ...process.argv.slice(2)],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache(), LLM_ARCHITECT_LAUNCHER_FD: '3' },
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
child.on('close', (status, signal) => process.exit(signal ? 128 : (status ?? 1)))
