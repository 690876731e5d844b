import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactLine } from './redact-line.js'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const secretBody = fc.string({ unit: fc.constantFrom(...letters), minLength: 32, maxLength: 32 })

describe('redactLine', () => {
  it('takes a virtual key out of any text, and the line stays JSON', () => {
    fc.assert(
      fc.property(
        secretBody,
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (body, before, after) => {
          const line = redactLine(
            JSON.stringify({ msg: `${before} la-${body} ${after}`, list: [`la-${body}`] }),
          )
          expect(line).not.toContain(body)
          expect(Object.keys(JSON.parse(line))).toEqual(['msg', 'list'])
        },
      ),
    )
  })

  it('takes out a value whose field is named like a secret, at any depth and once quoted', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'authorization',
          'Authorization',
          'x-api-key',
          'apiKey',
          'password',
          'clientSecret',
          'set-cookie',
        ),
        secretBody,
        (name, body) => {
          const value = `q"\\${body}`
          const line = redactLine(
            JSON.stringify({ a: { [name]: value }, quoted: JSON.stringify({ [name]: body }) }),
          )
          expect(line).not.toContain(body)
          expect(JSON.parse(line).a[name]).toBe('[redacted]')
          expect(JSON.parse(JSON.parse(line).quoted)[name]).toBe('[redacted]')
        },
      ),
    )
  })

  it.each([
    ['Bearer abcdef.ghijkl-mnop', 'Bearer [redacted]'],
    ['calling with sk-proj-aaaaaaaaaaaaaaaaaaaa failed', 'calling with sk-[redacted] failed'],
    ['postgres://app:hunter2@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
    [`key sk-ant-${'x9_'.repeat(8)}`, 'key sk-[redacted]'],
  ])('redacts %s', (text, clean) => {
    expect(JSON.parse(redactLine(JSON.stringify({ text }))).text).toBe(clean)
  })

  it('leaves ordinary lines alone', () => {
    const line = JSON.stringify({
      level: 'info',
      tokens: 12,
      keyId: 'key_01h',
      route: 'la-paz',
      url: 'http://127.0.0.1:8700/v1/models',
      msg: 'the bearer of bad news; sk-8 is a road',
    })
    expect(redactLine(line)).toBe(line)
  })
})
