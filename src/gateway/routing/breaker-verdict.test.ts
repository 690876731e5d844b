import { describe, expect, it } from 'vitest'
import { ArchitectError } from '../../core/index.js'
import { verdictOf } from './breaker-verdict.js'

const error = (code: string, params: object = {}, retryable = true) =>
  new ArchitectError(code, params, code, { retryable })
const status = (code: number, more: object = {}, retryable = true) =>
  error('llm.upstream-status', { status: code, retryAfterMs: null, detail: '', ...more }, retryable)

describe('what an attempt says about its key', () => {
  it.each([
    ['an unreachable server', error('llm.upstream-unreachable'), 'failure'],
    ['an answer that breaks off', error('llm.upstream-broke-off'), 'failure'],
    [
      'a server that says nothing in time',
      error('llm.upstream-timeout', { phase: 'first-content' }),
      'failure',
    ],
    ["the caller's own deadline", error('llm.upstream-timeout', { phase: 'deadline' }), 'nothing'],
    ['garbage', error('llm.event-unreadable', {}, false), 'failure'],
    ['an overload told inside an answer', error('llm.upstream-error'), 'failure'],
    ['a wrong request told inside an answer', error('llm.upstream-error', {}, false), 'nothing'],
    ['500', status(500), 'failure'],
    ['503', status(503), 'failure'],
    ['429 without a time', status(429), 'failure'],
    ['429 with a time', status(429, { retryAfterMs: 2_000 }), 'rate-limited'],
    ['429 of an account without money', status(429, { retryAfterMs: 2_000 }, false), 'key-refused'],
    ['401', status(401, {}, false), 'key-refused'],
    ['402', status(402, { detail: 'Insufficient Balance' }, false), 'key-refused'],
    [
      '400 of a wrong key (Gemini)',
      status(400, { detail: 'API key not valid. Please pass a valid API key.' }, false),
      'key-refused',
    ],
    [
      '400 of an account without money (Anthropic)',
      status(400, { detail: 'Your credit balance is too low to access the Anthropic API.' }, false),
      'key-refused',
    ],
    ['400 that quotes such words', status(400, { detail: 'No role "API key not valid"' }, false), 'nothing'],
    ['403', status(403, { detail: 'project has no access' }, false), 'key-refused'],
    ['403 about what was said', status(403, { detail: 'input was flagged' }, false), 'nothing'],
    ['400', status(400, {}, false), 'nothing'],
    ['404', status(404, {}, false), 'nothing'],
    ['413', status(413, {}, false), 'nothing'],
    ['a prompt that is too long', error('llm.context-exceeded'), 'nothing'],
  ])('%s: %s is %s', (_what, cause, kind) => {
    expect(verdictOf({ end: 'failed', error: cause }).kind).toBe(kind)
  })

  it('a finished call is a success, a cancelled one nothing', () => {
    expect(verdictOf({ end: 'finished' }).kind).toBe('success')
    expect(verdictOf({ end: 'cancelled', error: error('llm.cancelled') }).kind).toBe('nothing')
  })
})
