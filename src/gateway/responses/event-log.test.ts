import { expect, it } from 'vitest'
import { createEventLog } from './event-log.js'

const event = (n: number) => `event: e\ndata: ${n}\n\n`
const never = new AbortController().signal

const readAll = async (texts: AsyncIterable<string>) => {
  let all = ''
  for await (const text of texts) all += text
  return all
}

it('gives every reader the same events, from where it wants them, whenever it comes', async () => {
  const log = createEventLog()
  const early = readAll(log.follow(-1, never))
  log.append(event(0) + event(1))
  const middle = readAll(log.follow(0, never))
  log.append(event(2))
  log.append('')
  const late = readAll(log.follow(2, never))
  log.append(event(3))
  log.close(true)
  expect(await early).toBe([0, 1, 2, 3].map(event).join(''))
  expect(await middle).toBe([1, 2, 3].map(event).join(''))
  expect(await late).toBe(event(3))
  expect(await readAll(log.follow(1, never))).toBe([2, 3].map(event).join(''))
  expect(await readAll(log.follow(99, never))).toBe('')
  expect([log.isWhole(), log.text(), log.bytes()]).toEqual([true, await early, (await early).length])
})

it('lets a reader go that leaves, and says where the end is missing', async () => {
  const log = createEventLog()
  log.append(event(0))
  const leaving = new AbortController()
  const reading = readAll(log.follow(-1, leaving.signal))
  leaving.abort()
  expect(await reading).toBe(event(0))
  log.close(false)
  expect(log.isWhole()).toBe(false)
  expect(await readAll(log.follow(-1, never))).toBe(event(0))
})
