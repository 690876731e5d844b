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
