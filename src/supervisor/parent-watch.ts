// Ends this process when its parent is gone and the main thread cannot: a thread of its own looks, so that native
// or WebAssembly code that never returns does not leave an orphan behind. Knows no stream.

import { Worker } from 'node:worker_threads'

export interface ParentWatchOptions {
  /** Default 500. */
  readonly lookEveryMs?: number
  /** What the main thread gets to close in an orderly way once its standard input has ended. Default 6,000. */
  readonly graceMs?: number
}

/** Starts the watch; it does not keep the process alive. */
export const watchParent = ({ lookEveryMs = 500, graceMs = 6000 }: ParentWatchOptions = {}): void => {
  const program = `
    const { workerData } = require('node:worker_threads')
    const timer = setInterval(() => {
      if (process.ppid === workerData.parent) return
      clearInterval(timer)
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), workerData.graceMs)
    }, workerData.lookEveryMs)`
  const workerData = { parent: process.ppid, lookEveryMs, graceMs }
  new Worker(program, { eval: true, execArgv: [], workerData }).unref()
}
