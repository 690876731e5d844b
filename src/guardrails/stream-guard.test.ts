import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../core/index.js'
import { architectureSchema, type GuardrailPolicy } from '../spec/index.js'
import { foldUnit, isHighSurrogate, isLowSurrogate } from './fold.js'
import { createGuardrails, type Detector, type Guardrails } from './index.js'
import { maxHoldBackCharacters } from './span-scanner.js'
import { traitsBlock } from './text-traits.js'

const policyOf = (policy: object): GuardrailPolicy =>
  architectureSchema.shape.guardrails.parse([{ id: 'p', ...policy }])[0] as GuardrailPolicy

const redacting = createGuardrails({ policies: [policyOf({})] })

const stream = (guardrails: Guardrails, pieces: readonly string[]) => {
  const guard = guardrails.createStreamGuard({ policy: 'p' })
  const out = pieces.map((piece) => guard.push(piece)).join('') + guard.flush()
  return { out, verdict: guard.verdict() }
}

const checkWhole = (guardrails: Guardrails, text: string) =>
  guardrails.check({ policy: 'p', stage: 'output', source: 'user', text })

const cut = (text: string, random: Random, longest: number): readonly string[] => {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const next = at + 1 + random.integer(longest)
    pieces.push(text.slice(at, next))
    at = next
  }
  return pieces
}

const join = (...pieces: readonly string[]) => pieces.join('')

/** What must never come out, plain. */
const secretsToHide = [
  'A123456789',
  'A800000014',
  '4111 1111 1111 1111',
  '378282246310005',
  '0912-345-678',
  '+886 2 2345 6789',
  '(02) 2345-6789',
  'amy.lin+bank@mail.example.com.tw',
  'GB82 WEST 1234 5698 7654 32',
  '11010519491231002X',
  'A123456(3)',
  '460-89-9847',
  '179.177.214.91',
  join('sk-', 'proj-aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1bC3'),
  join('ghp_', 'aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789'),
  join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0', '.dBjftJeZ4CVP'),
  join('-----BEGIN ', 'PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn\n-----END ', 'PRIVATE KEY-----'),
]

const fillers = [
  '，',
  '。',
  ' ',
  '\n',
  '請問',
  '的電話是',
  ' and the ',
  'I paid 300 in 2020 ',
  '😀',
  '👩‍👩‍👧',
  '\ud83d',
  '\udc00',
  '(',
  '+',
  '-',
  '--',
  '0',
  '12',
  'x@',
  'https://a.example/p?q=',
  'e\u0301',
  'A',
  'GB',
  '身分證',
  '…',
  '\u200b',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '1. ',
  'sk-',
  '-----BEGIN ',
]

const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))
const styled = (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit)))
const withInvisible = (text: string, random: Random) => {
  const at = 1 + random.integer(text.length - 1)
  return text.slice(0, at) + random.pick(['\u200b', '\u2060\u200d', '\ufeff', '\u00ad']) + text.slice(at)
}

/** A text of secrets, plain and disguised, between things that look like their beginnings. */
const composeText = (random: Random): { text: string; hidden: readonly string[] } => {
  const hidden: string[] = []
  let text = ''
  const parts = 1 + random.integer(8)
  for (let i = 0; i < parts; i++) {
    for (let j = random.integer(4); j > 0; j--) text += random.pick(fillers)
    const secret = random.pick(secretsToHide)
    const shown = random.pick([
      secret,
      secret,
      fullWidth(secret),
      styled(secret),
      withInvisible(secret, random),
    ])
    text += random.pick([' ', '，', '\n']) + shown + random.pick([' ', '。', '\n', '，'])
    hidden.push(shown)
  }
  return { text, hidden }
}

describe('a whole text', () => {
  const around = 'what you asked about in our branch, '.repeat(20)
  const others = [
    join('password: ', 'Xy7kPq2w'),
    join('https://bob:', 'p4ss@mail.example.com'),
    '2001:db8::8a2e:370:7334',
  ]
  it.each([...secretsToHide, ...others])(
    'is checked as a stream of it, wherever its blocks meet: %s',
    (secret) => {
      for (let offset = 0; offset < 2 * traitsBlock; offset++) {
        const text = `${around.slice(-offset - 1)}\n${secret}\n${around}`
        const { text: out, findings } = checkWhole(redacting, text)
        const streamed = stream(redacting, [text])
        expect(findings).not.toHaveLength(0)
        expect({ out, findings }).toEqual({ out: streamed.out, findings: streamed.verdict.findings })
      }
    },
  )
})

describe('a stream guard', () => {
  it('gives what a whole check gives, over 2,000 texts cut at random', () => {
    const random = createRandom('chunks')
    for (let run = 0; run < 2000; run++) {
      const { text } = composeText(random)
      const { out, verdict } = stream(redacting, cut(text, random, random.pick([1, 2, 5, 20, 200])))
      const whole = checkWhole(redacting, text)
      expect(out, JSON.stringify(text)).toBe(whole.text)
      expect(verdict, JSON.stringify(text)).toEqual(whole)
    }
  }, 60_000)

  it('lets none of 2,000 hidden values out, however they are written and cut', () => {
    const random = createRandom('leaks')
    const spaced = createRandom('spaced')
    for (let run = 0; run < 2000; run++) {
      const secret = random.pick(secretsToHide)
      const shown = random.pick([secret, fullWidth(secret), styled(secret), withInvisible(secret, random)])
      const text = `前言 ${shown} 之後`
      const { out } = stream(redacting, cut(text, spaced, 6))
      expect(out.startsWith('前言 [') && out.endsWith('] 之後'), `${text} -> ${out}`).toBe(true)
      expect(out.length, `${text} -> ${out}`).toBeLessThan('前言 [] 之後'.length + 14)
    }
  }, 60_000)

  it('cuts inside surrogate pairs without harm', () => {
    const text = `${styled('0912345678')} 👩‍👩‍👧 \ud83d ${styled('4111111111111111')}\ud800`
    expect(
      stream(
        redacting,
        [...text].flatMap((character) => character.split('')),
      ).out,
    ).toBe(checkWhole(redacting, text).text)
  })

  it('never holds back more than its bound of visible characters', () => {
    const visible = (text: string) => {
      let count = 0
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) i++
        if (foldUnit(unit) !== 0) count++
      }
      return count
    }
    const pieces = fc.array(
      fc.oneof(
        fc.string({ unit: fc.constantFrom(...'aZ09 .@-+()_=:/x%'), maxLength: 200 }),
        fc.constantFrom(
          ...fillers,
          'a'.repeat(700),
          '1 '.repeat(300),
          'a@'.repeat(100),
          'a.'.repeat(300),
          'eyJ'.repeat(200),
        ),
        fc.string({ unit: 'grapheme' }),
      ),
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const guard = redacting.createStreamGuard({ policy: 'p' })
        let pushed = 0
        for (const part of parts) {
          guard.push(part)
          pushed += visible(part)
          const { text, findings } = guard.verdict()
          if (findings.every(({ severity }) => severity === 'low'))
            expect(pushed - visible(text)).toBeLessThanOrEqual(maxHoldBackCharacters)
        }
      }),
      { seed: 7, numRuns: 150 },
    )
  }, 60_000)

  it('releases prose word by word', () => {
    const guard = redacting.createStreamGuard({ policy: 'p' })
    expect(guard.push('Your card arrives in three wor')).toBe('Your card arrives in three ')
    expect(guard.push('king days, 三個')).toBe('working days, 三個')
    expect(guard.push('工作天。')).toBe('工作天。')
    expect(guard.flush()).toBe('')
  })

  it('releases nothing of a private key, however long it is', () => {
    const guard = redacting.createStreamGuard({ policy: 'p' })
    const lines = Array.from({ length: 500 }, () => 'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnygWyF0x\n')
    const out = [
      join('key: -----BEGIN RSA ', 'PRIVATE KEY-----\n'),
      ...lines,
      join('-----END RSA ', 'PRIVATE KEY-----\nok'),
    ]
    expect(out.map((piece) => guard.push(piece)).join('') + guard.flush()).toBe('key: [PRIVATE_KEY]\nok')
    expect(guard.maxHoldBackCharacters).toBe(maxHoldBackCharacters)
  })

  it('releases nothing from a blocked value on, and the same wherever it is cut', () => {
    const blocking = createGuardrails({ policies: [policyOf({ output: { personalData: 'block' } })] })
    const random = createRandom('block')
    for (let run = 0; run < 200; run++) {
      const pieces = cut('我的信箱是 a@b.example 和 A123456789。', random, 8)
      const { out, verdict } = stream(blocking, pieces)
      expect(out).toBe('我的信箱是 ')
      expect(verdict.action).toBe('block')
    }
    expect(checkWhole(blocking, '我的信箱是 a@b.example').text).toBe('')
  })

  it('lets everything through at once when nothing is switched on', () => {
    const off = createGuardrails({
      policies: [policyOf({ output: { personalData: 'off', secrets: 'off' } })],
    })
    const guard = off.createStreamGuard({ policy: 'p' })
    expect(guard.push('a@b.exam')).toBe('a@b.exam')
    expect(guard.maxHoldBackCharacters).toBe(0)
  })

  it('holds the whole answer for a plug-in that may change it, none of it for one that observes', () => {
    const shout: Detector = {
      id: 'shout',
      languages: [],
      find: ({ original }) => {
        const start = original.indexOf('HEY')
        return start === -1 ? [] : [{ kind: 'shouting', start, end: start + 3, severity: 'medium' }]
      },
    }
    const make = (action: string) =>
      createGuardrails({ policies: [policyOf({ detectors: { shout: action } })], detectors: [shout] })
    const editing = make('redact').createStreamGuard({ policy: 'p' })
    expect([editing.push('HE'), editing.push('Y a@b.example'), editing.flush()]).toEqual([
      '',
      '',
      '[SHOUTING] [EMAIL]',
    ])
    expect(editing.maxHoldBackCharacters).toBeNull()
    const observing = make('observe').createStreamGuard({ policy: 'p' })
    expect(observing.push('HEY you ') + observing.flush()).toBe('HEY you ')
    expect(observing.verdict().findings).toMatchObject([{ detector: 'shout', kind: 'shouting' }])
  })
})
