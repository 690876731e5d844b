// Checks the parts of a message. Neighbouring texts of one source are also checked as one, since an engine reads
// them as one: what is split over two parts must not pass.

import type { Verdict } from '../guardrails/index.js'
import type { Part } from '../llm/index.js'
import { type CheckText, guardJson, guardJsonText } from './guard-json.js'

type TextPart = Extract<Part, { readonly type: 'text' }>
export type CheckSourced = (text: string, source: TextPart['source']) => Verdict

/** The parts as the check leaves them; the very same list when it changes none. */
export const guardParts = (parts: readonly Part[], check: CheckSourced): readonly Part[] => {
  const checked: Part[] = []
  for (let i = 0; i < parts.length; ) {
    const run = textRun(parts, i)
    const part = parts[i] as Part
    if (run.length > 0) checked.push(...guardRun(run, check))
    else checked.push(guardPart(part, check))
    i += Math.max(1, run.length)
  }
  return checked.length === parts.length && checked.every((part, i) => part === parts[i]) ? parts : checked
}

/** The texts of one source that start at `start`, as many as follow each other. */
const textRun = (parts: readonly Part[], start: number): readonly TextPart[] => {
  const run: TextPart[] = []
  for (let i = start; i < parts.length; i++) {
    const part = parts[i]
    if (part?.type !== 'text' || (run[0] && part.source !== run[0].source)) break
    run.push(part)
  }
  return run
}

const guardRun = (run: readonly TextPart[], check: CheckSourced): readonly TextPart[] => {
  const [first] = run
  if (first && run.length > 1) {
    const whole = check(run.map((part) => part.text).join(''), first.source)
    if (whole.action !== 'allow') return [{ ...first, text: whole.text }]
  }
  return run.map((part) => {
    const { action, text } = check(part.text, part.source)
    return action === 'allow' ? part : { ...part, text }
  })
}

const guardPart = (part: Part, check: CheckSourced): Part => {
  const asUser: CheckText = (text) => check(text, 'user')
  switch (part.type) {
    case 'reasoning': {
      const { action, text } = asUser(part.text)
      // A signature vouches for the exact text.
      const { signature: _signature, ...unsigned } = part
      return action === 'allow' ? part : { ...unsigned, text }
    }
    case 'tool-call': {
      const text = guardJsonText(part.arguments, asUser)
      return text === part.arguments ? part : { ...part, arguments: text }
    }
    case 'tool-result': {
      const content = guardParts(part.content, check)
      return content === part.content ? part : { ...part, content }
    }
    case 'item': {
      const value = guardJson(part.value, asUser)
      return value === part.value ? part : { ...part, value }
    }
    default:
      return part
  }
}
