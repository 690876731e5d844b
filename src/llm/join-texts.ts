// Makes the texts of a stream that follow each other one, for whoever keeps an answer: an answer of words kept as they
// came takes ten times its bytes.

import type { ChatEvent } from './contract.js'
import { chatNative } from './wire/openai-chat-native.js'

type TextEvent = Extract<ChatEvent, { readonly type: 'text' }>

/** The same answer; of neighbours that differ in nothing but their text, the first says it all. */
export const joinTexts = (events: readonly ChatEvent[]): readonly ChatEvent[] => {
  const joined: ChatEvent[] = []
  let texts: string[] = []
  let first: TextEvent | undefined
  const end = () => {
    if (first) joined.push(texts.length === 1 ? first : { ...first, text: texts.join('') })
    first = undefined
    texts = []
  }
  for (const event of events) {
    if (first && event.type === 'text' && isAlike(first, event)) {
      texts.push(event.text)
      continue
    }
    end()
    if (event.type === 'text') {
      first = event
      texts = [event.text]
    } else joined.push(event)
  }
  end()
  return joined
}

/** Chunks that a decoder has read by one pattern share the objects of what stands around their text. */
const isAlike = (a: TextEvent, b: TextEvent): boolean => {
  if (a.choice !== b.choice || a.logprobs || b.logprobs) return false
  if (!a.extra && !b.extra) return true
  const [nativeA, nativeB] = [chatNative(a), chatNative(b)]
  return (
    nativeA !== undefined &&
    nativeB !== undefined &&
    nativeA.choice === nativeB.choice &&
    nativeA.delta === nativeB.delta
  )
}
