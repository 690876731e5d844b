// Keys whose issuers gave them a recognisable form. A table of prefixes, so that a new issuer is one line.

import { isDigit, isLetter, isUpper, isWord } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import { restWhile, type SpanMatch, type SpanScanner } from '../span-scanner.js'

interface KeyForm {
  readonly prefix: string
  /** Characters after the prefix that must be there. */
  readonly minimum: number
  readonly alphabet: 'base64url' | 'alphanumeric' | 'upper' | 'hex'
  /** Whether the prefix occurs in ordinary words, so that letters and digits must be mixed. */
  readonly mixed?: boolean
}

const forms: readonly KeyForm[] = [
  { prefix: 'sk-', minimum: 20, alphabet: 'base64url', mixed: true }, // OpenAI, Anthropic, OpenRouter and others
  { prefix: 'la-', minimum: 20, alphabet: 'base64url', mixed: true }, // this product's own
  { prefix: 'AKIA', minimum: 16, alphabet: 'upper' }, // AWS access key
  { prefix: 'ASIA', minimum: 16, alphabet: 'upper', mixed: true },
  { prefix: 'ghp_', minimum: 30, alphabet: 'alphanumeric' }, // GitHub
  { prefix: 'gho_', minimum: 30, alphabet: 'alphanumeric' },
  { prefix: 'ghu_', minimum: 30, alphabet: 'alphanumeric' },
  { prefix: 'ghs_', minimum: 30, alphabet: 'alphanumeric' },
  { prefix: 'ghr_', minimum: 30, alphabet: 'alphanumeric' },
  { prefix: 'github_pat_', minimum: 22, alphabet: 'base64url' },
  { prefix: 'glpat-', minimum: 20, alphabet: 'base64url' }, // GitLab
  { prefix: 'AIza', minimum: 30, alphabet: 'base64url' }, // Google
  { prefix: 'GOCSPX-', minimum: 20, alphabet: 'base64url' },
  { prefix: 'ya29.', minimum: 20, alphabet: 'base64url' },
  { prefix: 'xoxb-', minimum: 10, alphabet: 'base64url' }, // Slack
  { prefix: 'xoxa-', minimum: 10, alphabet: 'base64url' },
  { prefix: 'xoxp-', minimum: 10, alphabet: 'base64url' },
  { prefix: 'xoxr-', minimum: 10, alphabet: 'base64url' },
  { prefix: 'xoxs-', minimum: 10, alphabet: 'base64url' },
  { prefix: 'xapp-', minimum: 10, alphabet: 'base64url' },
  { prefix: 'sk_live_', minimum: 16, alphabet: 'alphanumeric' }, // Stripe
  { prefix: 'sk_test_', minimum: 16, alphabet: 'alphanumeric' },
  { prefix: 'rk_live_', minimum: 16, alphabet: 'alphanumeric' },
  { prefix: 'whsec_', minimum: 20, alphabet: 'base64url' },
  { prefix: 'SG.', minimum: 20, alphabet: 'base64url', mixed: true }, // SendGrid
  { prefix: 'npm_', minimum: 30, alphabet: 'alphanumeric' },
  { prefix: 'pypi-', minimum: 40, alphabet: 'base64url', mixed: true },
  { prefix: 'hf_', minimum: 30, alphabet: 'alphanumeric' }, // Hugging Face
  { prefix: 'gsk_', minimum: 20, alphabet: 'alphanumeric' }, // Groq
  { prefix: 'xai-', minimum: 40, alphabet: 'alphanumeric' },
  { prefix: 'pplx-', minimum: 40, alphabet: 'alphanumeric' },
  { prefix: 'r8_', minimum: 30, alphabet: 'alphanumeric' }, // Replicate
  { prefix: 'dop_v1_', minimum: 40, alphabet: 'hex' }, // DigitalOcean
  { prefix: 'dapi', minimum: 32, alphabet: 'hex' }, // Databricks
]

const formsByStart = Map.groupBy(forms, ({ prefix }) => prefix.charCodeAt(0))

const isBase64Url = (code: number) => isWord(code) || code === 45 || code === 95
const isHex = (code: number) => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102)
const alphabets: Readonly<Record<KeyForm['alphabet'], (code: number) => boolean>> = {
  base64url: isBase64Url,
  alphanumeric: isWord,
  upper: (code) => isUpper(code) || isDigit(code),
  hex: isHex,
}

/** Letters, digits, `-` and `_` in a row that any of the forms has: all of it, or what follows a point. */
const shortestToken = Math.min(
  ...forms.map(({ prefix, minimum }) => prefix.length - (prefix.lastIndexOf('.') + 1) + minimum),
)

const startsWith = (text: ScanText, at: number, prefix: string) => {
  for (let i = 0; i < prefix.length; i++) if (text.at(at + i) !== prefix.charCodeAt(i)) return false
  return true
}

/** Whether letters and digits are mixed within the first 40 characters; names of things seldom do that. */
const isMixed = (text: ScanText, from: number, belongs: (code: number) => boolean): boolean => {
  let digits = 0
  let letters = 0
  for (let index = from; index < from + 40 && belongs(text.at(index)); index++) {
    if (isDigit(text.at(index))) digits++
    if (isLetter(text.at(index))) letters++
    if (digits > 1 && letters > 5 && index >= from + 12) return true
  }
  return false
}

const matchForm = (text: ScanText, at: number, form: KeyForm): SpanMatch | undefined => {
  if (!startsWith(text, at, form.prefix)) return undefined
  const belongs = alphabets[form.alphabet]
  const start = at + form.prefix.length
  for (let index = start; index < start + form.minimum; index++)
    if (!belongs(text.at(index))) return undefined
  if (form.mixed && !isMixed(text, start, belongs)) return undefined
  return { kind: 'api-key', severity: 'high', end: start + form.minimum, rest: restWhile(isBase64Url) }
}

export const providerKeys: SpanScanner = {
  detector: 'secrets',
  starts: [...new Set(forms.map(({ prefix }) => prefix.charAt(0)))].join(''),
  mayBeIn: ({ token }) => token >= shortestToken,
  scan: (text, at) => {
    for (const form of formsByStart.get(text.at(at)) ?? []) {
      const match = matchForm(text, at, form)
      if (match) return match
    }
    return undefined
  },
}

const isTokenPart = (code: number) => isBase64Url(code) || code === 46

/** JSON Web Tokens, RFC 7519: two base64url objects, each of which starts with `{"`, and a signature. */
export const jsonWebToken: SpanScanner = {
  detector: 'secrets',
  starts: 'e',
  mayBeIn: ({ token, hasInnerCapital }) => token >= 12 && hasInnerCapital,
  scan: (text, at) => {
    if (!startsWith(text, at, 'eyJ')) return undefined
    let index = at + 3
    while (index - at < 300 && isBase64Url(text.at(index))) index++
    if (index - at < 12 || text.at(index) !== 46 || !startsWith(text, index + 1, 'eyJ')) return undefined
    return { kind: 'json-web-token', severity: 'high', end: index + 4, rest: restWhile(isTokenPart) }
  },
}
