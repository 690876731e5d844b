// The signature that Gemini gives a function call, and from Gemini 3 on wants back with it. In chat completions it stands
// where Google's own endpoint for OpenAI's clients has it: `extra_content` of the call.

import { type Fields, objectOf, stringOf } from './fields.js'

export const writeSignature = (signature: string): Fields => ({ google: { thought_signature: signature } })

export const readSignature = (extraContent: unknown): string | undefined =>
  stringOf(objectOf(objectOf(extraContent)?.google)?.thought_signature)

/** What Google documents for a call whose signature is not known, such as one of another model. */
const notKnown = 'skip_thought_signature_validator'

/** Models that ask for no signature, and to which this value is not documented. */
const unsigned = /(^|\/)(gemini-([12][.-]|exp-|pro(-vision)?$)|gemma|learnlm)/i

/**
 * The parts of one turn of the model with a signature on its first call, the one that Gemini checks.
 * @param model as the server knows it
 */
export const signFirstCall = (parts: readonly unknown[], model: string): readonly unknown[] => {
  const at = parts.findIndex((part) => objectOf(part)?.functionCall !== undefined)
  const call = objectOf(parts[at])
  if (!call || call.thoughtSignature !== undefined || unsigned.test(model)) return parts
  return parts.with(at, { ...call, thoughtSignature: notKnown })
}
