// A child process with one method per behaviour that the supervisor must cope with.

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { errorFactory } from '../../../dist/core/index.js'
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { serveParent } from '../../../dist/supervisor/index.js'

const args = JSON.parse(process.argv[2] ?? '{}')
const fixtureError = errorFactory({
  'fixture.refused': { en: (p) => `refused ${p.what}`, 'zh-TW': (p) => `拒絕 ${p.what}` },
})

const untilAborted = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve))

serveParent({
  methods: {
    echo: async (params) => params,
    refuse: async ({ what }) => {
      throw fixtureError('fixture.refused', { what })
    },
    count: async ({ to }, _signal, onProgress) => {
      for (let done = 1; done <= to; done++) onProgress({ done })
      return { done: to }
    },
    crash: async () => process.kill(process.pid, 'SIGKILL'),
    hang: async ({ note }, signal) => {
      if (args.notes) appendFileSync(args.notes, `${note} started\n`)
      await untilAborted(signal)
      if (args.notes) appendFileSync(args.notes, `${note} aborted\n`)
    },
    notes: async () => (existsSync(args.notes) ? readFileSync(args.notes, 'utf8') : ''),
    print: async ({ line }) => {
      console.log(line)
      console.error('to standard error')
    },
    large: async ({ bytes }) => 'x'.repeat(bytes),
    environment: async ({ name }) => process.env[name] ?? null,
    slow: async ({ ms }) => new Promise((resolve) => setTimeout(() => resolve('finished'), ms)),
    block: async () => {
      for (;;);
    },
  },
  ready: async () => {
    if (args.refuseStart) throw fixtureError('fixture.refused', { what: 'the start' })
    if (args.crashStart) {
      console.error('no such luck')
      process.exit(3)
    }
    if (args.crashStartOnce && !existsSync(args.crashStartOnce)) {
      appendFileSync(args.crashStartOnce, 'x')
      process.exit(4)
    }
  },
  close: async () => {
    if (args.notes) appendFileSync(args.notes, 'closed\n')
  },
})
