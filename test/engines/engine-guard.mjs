// Runs a program in a process group of its own, and ends the whole group when standard input ends: whatever happens
// to the tests that started it, nothing is left. Usage: engine-guard.mjs PROGRAM [ARGUMENT...]; ENGINE_GUARD_GRACE_MS is
// how long the program has after it was asked to end, default ten seconds.

import { spawn } from 'node:child_process'

const [program, ...args] = process.argv.slice(2)
const graceMs = Number(process.env.ENGINE_GUARD_GRACE_MS ?? 10_000)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })

const endGroup = (signal) => {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // All of it has ended.
  }
}
const end = () => {
  endGroup('SIGTERM')
  setTimeout(() => endGroup('SIGKILL'), graceMs).unref()
}
process.stdin.on('end', end)
process.stdin.on('close', end)
process.stdin.resume()
process.on('SIGTERM', end)
process.on('SIGINT', end)

child.once('error', (error) => {
  process.stderr.write(`${error}\n`)
  process.exit(127)
})
child.once('exit', (status) => {
  endGroup('SIGKILL')
  process.exit(status ?? 1)
})
process.stderr.write(`group ${child.pid}\n`)
