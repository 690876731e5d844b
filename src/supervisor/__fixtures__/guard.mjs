// A guard of a foreign program, as an engine's is, with plain words for what went wrong.

import { errorFactory, systemClock } from '../../../dist/core/index.js'
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { guardProgram, nameOfExit } from '../../../dist/supervisor/index.js'

const { spec } = JSON.parse(process.argv[2] ?? '{}')
const words = { en: (p) => `${p.kind}: ${p.detail}`, 'zh-TW': (p) => `${p.kind}：${p.detail}` }
const fixtureError = errorFactory({ 'fixture.failed': words, 'fixture.hopeless': words })

guardProgram({
  spec,
  env: process.env,
  clock: systemClock,
  explain: (failure) => {
    const { kind } = failure
    if (kind === 'port-taken') return fixtureError('fixture.hopeless', { kind, detail: String(failure.by) })
    const last = failure.lines.at(-1) ?? ''
    if (kind === 'not-ready') return fixtureError('fixture.hopeless', { kind, detail: last })
    const detail = `${nameOfExit(failure.exit)}, ${last}`
    return fixtureError('fixture.failed', { kind, detail }, { retryable: true })
  },
})
