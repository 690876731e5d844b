// A foreign program for the supervisor's tests; what it does is said by its arguments:
// PORT [stubborn] [workers] [crash] [silent] [chatty]

import { spawn } from 'node:child_process'
import { createServer } from 'node:http'

const [port, ...habits] = process.argv.slice(2)
const has = (habit) => habits.includes(habit)

if (has('crash')) {
  console.error('starting\nno such luck')
  process.exit(3)
}
if (has('stubborn')) for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
const pids = [process.pid]
if (has('workers')) {
  const program = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
  // One in the same group, one in a session of its own: a multiprocess engine has both kinds.
  for (const detached of [false, true]) {
    const worker = spawn(process.execPath, ['-e', program], { detached, stdio: 'inherit' })
    worker.unref()
    pids.push(worker.pid)
  }
}
if (has('chatty')) {
  const line = `${'x'.repeat(1023)}\n`
  for (let i = 0; i < 100 * 1024; i++)
    if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  console.log('said it all')
}
if (has('silent')) {
  console.log('still loading')
  setInterval(() => {}, 1000)
} else
  createServer((request, response) => {
    if (request.url === '/crash') process.kill(process.pid, 'SIGKILL')
    response.end(request.url === '/pids' ? JSON.stringify(pids) : 'ok')
  }).listen(Number(port), '127.0.0.1')
