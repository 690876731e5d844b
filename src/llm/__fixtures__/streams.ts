// Reading whole streams, as tests of this room do.

import type { ChatEvent, ChatStream, Frame } from '../contract.js'
import { wireOf } from '../identity.js'

export const collect = async (stream: ChatStream): Promise<Frame[]> => {
  const frames: Frame[] = []
  for await (const frame of stream.frames) frames.push(frame)
  return frames
}
export const eventsOf = (frames: readonly Frame[]): ChatEvent[] =>
  frames.flatMap((frame) => [...frame.events()])
export const textOf = (frames: readonly Frame[]): string =>
  eventsOf(frames)
    .map((event) => (event.type === 'text' ? event.text : ''))
    .join('')
export const bytesOf = (frames: readonly Frame[]): string =>
  Buffer.concat(frames.map((frame) => wireOf(frame)?.bytes ?? Buffer.from('<no bytes>'))).toString('utf8')
