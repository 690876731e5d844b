import { describe, expect, it } from 'vitest'
import { failureInside, scrub } from './upstream-failure.js'

describe('what an upstream says', () => {
  it.each([
    ['Incorrect API key provided: sk-proj-abc123DEF456.', 'Incorrect API key provided: [key].'],
    ['key sk-ant-api03-xyz_0123456789 is disabled', 'key [key] is disabled'],
    ['Authorization: Bearer eyJhbGciOi.J9-x_y/z+w==', 'Authorization: [key]'],
    ['AIzaSyA1234567890abcdefg rejected', '[key] rejected'],
    ['hf_AbCdEfGhIjKl is not valid', '[key] is not valid'],
    ['sk-...cdef', 'sk-...cdef'],
    ['The task-specific risk-free model', 'The task-specific risk-free model'],
  ])('holds no key: %s', (text, clean) => {
    expect(scrub(text)).toBe(clean)
  })

  it('holds no secret of ours, whatever it looks like', () => {
    expect(scrub('wrong key hunter2 (hunter2)', ['hunter2', ''])).toBe('wrong key [key] ([key])')
  })

  it.each([
    ['Incorrect API key provided: 0f3a****9bc1.', 'Incorrect API key provided: [key].'],
    ['no key (0f3a...) known', 'no key ([key]) known'],
    ['key ending in …9bc1 is disabled', 'key ending in [key] is disabled'],
    ['loading... please wait', 'loading... please wait'],
    ['use **bold** or 5*3', 'use **bold** or 5*3'],
  ])('holds no secret of ours with its middle masked: %s', (text, clean) => {
    expect(scrub(text, ['0f3a55d1c7e24a0b9bc1'])).toBe(clean)
  })

  it('is searched in a time that grows with its length', () => {
    for (const text of ['*', 'a', 'a*', '...a'].map((piece) => piece.repeat(20_000)))
      expect(scrub(text, ['0f3a55d1c7e24a0b9bc1']).length).toBeLessThan(600)
  })

  it('is cut after 500 characters', () => {
    expect(scrub('x'.repeat(10_000))).toHaveLength(501)
  })

  it.each([
    [{ error: { type: 'overloaded_error', message: 'x' } }, true],
    [{ error: { type: 'server_error', message: 'x' } }, true],
    [{ error: { message: 'x', code: 503 } }, true],
    [{ error: { message: 'x', code: 400 } }, false],
    [{ error: { type: 'invalid_request_error', message: 'x' } }, false],
    [{ error: 'x' }, false],
  ])('inside an answer is retryable when the server was at fault: %j', (body, retryable) => {
    expect(failureInside(body).retryable).toBe(retryable)
  })
})
