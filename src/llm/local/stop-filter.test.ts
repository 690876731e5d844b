import { expect, it } from 'vitest'
import { createStopFilter } from './stop-filter.js'

const say = (stops: readonly string[], pieces: readonly string[]) => {
  const filter = createStopFilter(stops)
  const said: string[] = []
  const tokens: string[] = []
  for (const text of pieces) {
    const step = filter.push({ text, logprobs: [{ token: text, logprob: 0 }] })
    said.push(step.said.text)
    tokens.push(...step.said.logprobs.map(({ token }) => token))
    if (step.isStopped) return { text: said.join(''), said, tokens, isStopped: true }
  }
  said.push(filter.rest().text)
  return { text: said.join(''), said, tokens, isStopped: false }
}

it('ends before a stop string, also one that is spread over tokens', () => {
  expect(say(['END'], ['one ', 'two E', 'N', 'D three'])).toMatchObject({ text: 'one two ', isStopped: true })
})

it('ends at the first of several', () => {
  expect(say(['three', 'two'], ['one two three'])).toMatchObject({ text: 'one ', isStopped: true })
})

it('holds back only what may be the beginning of one', () => {
  expect(say(['END'], ['one E', 'xit', ' EN']).said).toEqual(['one ', 'Exit', ' ', 'EN'])
})

it('tokens behind the end are not told, the one in which the answer ends is', () => {
  expect(say(['END'], ['one', ' two END', ' three']).tokens).toEqual(['one', ' two END'])
})

it('without stop strings everything passes at once', () => {
  expect(say([''], ['one', ' two'])).toMatchObject({ said: ['one', ' two', ''], isStopped: false })
})
