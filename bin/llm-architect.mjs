#!/usr/bin/env node
// The command. Makes a checkout ready, then runs the real process on the right Node with the right flags.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, nodePath, packageRoot, v8Flags } from './bootstrap.mjs'

await ensureInstalled()
await ensureBuilt()

// The fourth pipe is never written to: when this process ends, however it ends, the real one sees it close.
const child = spawn(
  nodePath(),
  [...v8Flags, join(packageRoot, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, LLM_ARCHITECT_LAUNCHER_FD: '3' },
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('close', (status, signal) => process.exit(signal ? 128 : (status ?? 1)))
