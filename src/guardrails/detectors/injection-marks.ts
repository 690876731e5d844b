// Signs of an attack that are no phrases: forged conversation markers, links that carry data away, text made of
// characters that nobody sees. Patterns are bounded and start with a literal, so they are linear.

import type { InjectionFamily } from './injection-rules.js'

export interface Evidence {
  readonly family: InjectionFamily
  /** Which rule or mark it is evidence of: each counts once, however often it is met. */
  readonly rule: string
  readonly weight: number
  /** UTF-16 offsets into the text. */
  readonly start: number
  readonly end: number
}

interface Mark {
  readonly family: InjectionFamily
  readonly weight: number
  readonly pattern: RegExp
  /** A text without this cannot match: a cheap first look. */
  readonly needs: string
}

const marks: readonly Mark[] = [
  // The name that the best-known jailbreak gives its role; in lower case it is a first name.
  { family: 'jailbreak-persona', weight: 0.3, needs: 'DAN', pattern: /\bDAN\b/g },
  // Tokens by which chat templates separate roles: ChatML, Llama 2 and 3, GPT-OSS.
  {
    family: 'delimiter-forgery',
    weight: 0.8,
    needs: '<|',
    pattern:
      /<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|end_of_text|begin_of_text|start_header_id|end_header_id|eot_id|channel|message)\|>/gi,
  },
  { family: 'delimiter-forgery', weight: 0.75, needs: 'INST]', pattern: /\[\/?INST\]/g },
  { family: 'delimiter-forgery', weight: 0.75, needs: 'SYS>>', pattern: /<<\/?SYS>>/g },
  // A tag that closes or opens what a prompt template may wrap text in.
  {
    family: 'delimiter-forgery',
    weight: 0.45,
    needs: '<',
    pattern:
      /<\/?(?:system|developer|assistant|system_prompt|system-prompt|instructions|user_input|retrieved_context|untrusted)>/gi,
  },
  {
    family: 'delimiter-forgery',
    weight: 0.45,
    needs: '<',
    pattern:
      /<(?:system|god|admin|developer|debug|sudo|root) ?(?:mode|override|prompt|message|instructions?)>/gi,
  },
  {
    family: 'delimiter-forgery',
    weight: 0.35,
    needs: '#',
    pattern:
      /#{2,6} ?(?:system|new|updated|hidden|secret|admin) ?(?:prompt|message|instructions?|override)?\b ?:/gi,
  },
  {
    family: 'delimiter-forgery',
    weight: 0.5,
    needs: '--',
    pattern:
      /-{3,20} ?(?:begin|end|start)(?: of)?(?: the)? (?:system|prompt|document|context|instructions?|user|retrieved)/gi,
  },
  // An image or link whose address has a blank for data to be filled in.
  {
    family: 'data-exfiltration',
    weight: 0.65,
    needs: '![',
    pattern: /!\[[^\]\n]{0,80}\]\(https?:\/\/[^)\s{[<]{1,200}[{[<]/gi,
  },
  {
    family: 'data-exfiltration',
    weight: 0.5,
    needs: '![',
    pattern: /!\[[^\]\n]{0,80}\]\(https?:\/\/[^)\s]{1,200}[?&][a-z_]{1,20}=(?:\)|[^ -~])/gi,
  },
  {
    family: 'data-exfiltration',
    weight: 0.35,
    needs: '://',
    pattern: /https?:\/\/[^\s{[<"']{1,200}[=/](?:\{|\$\{|\[|<)/gi,
  },
]

const markEvidence = (text: string): readonly Evidence[] =>
  marks
    .filter(({ needs }) => text.includes(needs))
    .flatMap(({ family, weight, pattern }) => {
      const rule = `mark ${pattern.source}`
      return Array.from(text.matchAll(pattern), ({ 0: found, index: start }) => ({
        family,
        rule,
        weight,
        start,
        end: start + found.length,
      }))
    })

const tagHigh = 0xdb40
const tagHighUnit = '\udb40'
const isTagLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdc7f
const blackFlag = '\u{1f3f4}'

export interface HiddenText {
  readonly start: number
  readonly end: number
  /** What the tag characters spell. */
  readonly spelled: string
}

/**
 * The runs of Unicode tag characters (U+E0000 to U+E007F), which no renderer shows but models read. Those of
 * regional flags, a black flag and at most six of them and an end mark, are as they should be.
 */
export const hiddenTexts = (text: string): readonly HiddenText[] => {
  const runs: HiddenText[] = []
  let start = text.indexOf(tagHighUnit)
  while (start !== -1) {
    let end = start
    let spelled = ''
    while (text.charCodeAt(end) === tagHigh && isTagLow(text.charCodeAt(end + 1))) {
      spelled += String.fromCharCode(text.charCodeAt(end + 1) - 0xdc00)
      end += 2
    }
    const isFlag = text.slice(Math.max(0, start - 2), start) === blackFlag && spelled.length <= 7
    if (end > start && !isFlag) runs.push({ start, end, spelled })
    start = text.indexOf(tagHighUnit, Math.max(end, start + 1))
  }
  return runs
}

/** Everything in a text that is a sign by itself. */
export const signsIn = (text: string): readonly Evidence[] => [
  ...markEvidence(text),
  ...hiddenTexts(text).map(({ start, end }) => ({
    family: 'hidden-text' as const,
    rule: 'tags',
    weight: 0.7,
    start,
    end,
  })),
]
