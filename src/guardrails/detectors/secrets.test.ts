import { describe, expect, it } from 'vitest'
import { placeholder } from '../placeholder.js'
import { createSpanScanning } from '../span-stream.js'
import { secrets } from './secrets.js'

const { open, find } = createSpanScanning({ scanners: secrets, actionOf: () => 'redact', placeholder })
const redact = (text: string) => {
  const stream = open()
  const out = stream.push(text) + stream.flush()
  // Scanners that the whole text's traits rule out would have found nothing.
  expect(find(text)).toEqual(stream.findings())
  return out
}

// Put together from pieces, so that no scanner of repositories takes them for real ones.
const join = (...pieces: readonly string[]) => pieces.join('')
const body = 'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF0x'

describe('secrets', () => {
  it.each([
    ['key ', join('sk-', 'proj-aB3dE5gH7jK9mN1pQ3sT5vW7'), ' ok', 'key [SECRET] ok'],
    ['用', join('sk-', 'ant-api03-Zx9Yw8Vu7Ts6Rq5Po4Nm3'), '呼叫', '用[SECRET]呼叫'],
    ['', join('la-', '7f3kq9x2m4w8z1t5r6y0'), '', '[SECRET]'],
    ['', join('AKIA', 'IOSFODNN7EXAMPLE'), '', '[SECRET]'],
    ['token: ', join('ghp_', 'aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789'), '.', 'token: [SECRET].'],
    ['', join('AIza', 'SyA-1234567890abcdefghijklmnopqrstu'), '', '[SECRET]'],
    ['', join('xoxb-', '123456789012-abcdefGHIJ'), '', '[SECRET]'],
    ['', join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0', '.dBjftJeZ4CVP'), ' x', '[SECRET] x'],
    ['password = "', 'hunter2Hunter', '"', 'password = "[SECRET]"'],
    ['資料庫密碼：', 'tR8-vQ2x!k', '，請保密', '資料庫密碼：[SECRET]，請保密'],
    ['my password is ', 'hunter2horse', '. Thanks', 'my password is [SECRET]. Thanks'],
    ['Authorization: Bearer ', 'a1B2c3D4e5F6g7', '', 'Authorization: Bearer [SECRET]'],
    ['postgres://app:', 's3cret', '@db.example:5432/x', 'postgres://app:[SECRET]@db.example:5432/x'],
  ])('%s...: the key is taken out', (before, secret, after, expected) => {
    expect(redact(before + secret + after)).toBe(expected)
  })

  it.each([
    'The sk-learn-something-very-long-name library',
    'password: ********',
    'password = getPassword()',
    'const token: string = readToken(path)',
    'api_key=os.environ["API_KEY"]',
    '密碼是什麼？密碼要怎麼改？',
    'Use ghp_ as the prefix of a token.',
    join('Set api_key to $', '{env:OPENAI_API_KEY}.'),
    'What does -----BEGIN RSA PRIVATE KEY----- mean in a file?',
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('takes out a private key from its begin marker to its end marker', () => {
    const key = join(
      '-----BEGIN RSA ',
      `PRIVATE KEY-----\n${body}\n${body}\n-----END RSA `,
      'PRIVATE KEY-----',
    )
    expect(redact(`before ${key} after`)).toBe('before [PRIVATE_KEY] after')
  })

  it('takes out a private key that never ends, to the end of the text', () => {
    expect(redact(join('x -----BEGIN ', `PRIVATE KEY-----\\n${body}\\n more text`))).toBe('x [PRIVATE_KEY]')
  })

  it('takes out a key of any length', () => {
    const key = join('sk-', 'aB3'.repeat(20_000))
    expect(redact(`a ${key} b`)).toBe('a [SECRET] b')
  })
})
