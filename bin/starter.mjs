// Who started this process, where npm did: npm and the shell it uses die of a signal without passing it on.
// Knows nothing of what is run. No dependency, no syntax newer than ES2020.

import { readFileSync } from 'node:fs'

const lookEveryMs = 500

/** Of a process (Linux): its name and its parent; undefined where nobody says. */
const statusOf = (pid) => {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return { name, parent: Number(parent) }
  } catch {
    return undefined
  }
}

/** The parent's parent where npm left its shell standing between, to be missed like the parent itself. */
const npmBehind = (shell) => (shell && /^(sh|ash|dash|bash|zsh)$/.test(shell.name) ? shell.parent : undefined)

/**
 * Calls back once when npm, which started this process, is gone. Does nothing where somebody else started it: that
 * one may have left on purpose (`nohup`, `&`, a service manager).
 */
export const whenNpmIsGone = (callback) => {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const npm = npmBehind(statusOf(parent))
  const timer = setInterval(() => {
    if (process.ppid === parent && npmBehind(statusOf(parent)) === npm) return
    clearInterval(timer)
    callback()
  }, lookEveryMs)
  timer.unref()
}
