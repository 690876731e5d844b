// Promise 1 after an editor: where text is held back, the commit point is the first released content.

import { attemptsOf, withAttempts } from './attempts.js'
import { isContent } from './content.js'
import type { ChatEvent, ChatStream, Frame } from './contract.js'
import { gistOf } from './identity.js'
import { readyOf } from './ready-stream.js'

/**
 * Resolves with the stream once it has content, or has ended without any; frames read until then are replayed.
 * @throws the stream's error, with its attempts, when it fails before the first content
 */
export const commitStream = async (stream: ChatStream): Promise<ChatStream> => {
  const first = readyOf(stream)?.frames[0]
  if (first && isContentIn(decisiveOf(first))) return stream
  const inner = stream.frames[Symbol.asyncIterator]()
  const kept: Frame[] = []
  for (;;) {
    const { done, value: frame } = await inner.next()
    if (done) break
    kept.push(frame)
    const decisive = decisiveOf(frame)
    if (decisive?.type === 'error') {
      const { attempts } = await stream.cancel('superseded')
      throw withAttempts(decisive.error, attempts.length > 0 ? attempts : attemptsOf(decisive.error))
    }
    if (decisive) break
  }
  return { ...stream, frames: { [Symbol.asyncIterator]: () => replay(kept, inner) } }
}

/** What settles whether there is content. */
const decisiveOf = (frame: Frame): ChatEvent | undefined =>
  gistOf(frame).find((event) => isContent(event) || event.type === 'error')

const isContentIn = (decisive: ChatEvent | undefined) => decisive !== undefined && decisive.type !== 'error'

const replay = (kept: Frame[], inner: AsyncIterator<Frame>): AsyncIterator<Frame> => ({
  next: () => {
    const value = kept.shift()
    return value ? Promise.resolve({ done: false, value }) : inner.next()
  },
  return: (value?: unknown) => {
    kept.length = 0
    return inner.return?.(value) ?? Promise.resolve({ done: true, value: undefined })
  },
})
