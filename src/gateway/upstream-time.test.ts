import { describe, expect, it } from 'vitest'
import { createUpstreamTime, serverTiming } from './upstream-time.js'

describe('the time of upstreams', () => {
  it('is nothing where none was called', () => {
    const time = createUpstreamTime()
    expect([time.untilContentMs(50), time.totalMs(50)]).toEqual([0, 0])
  })

  it('counts failed attempts whole, and what was between them not at all', () => {
    const time = createUpstreamTime()
    time.called(10)
    time.ended(40)
    // 60 ms of a pause and a queue
    time.called(100)
    time.answered(150)
    expect(time.untilContentMs(170)).toBe(30 + 50)
    expect(time.totalMs(170)).toBe(30 + 70)
    time.ended(200)
    expect(time.untilContentMs(230)).toBe(30 + 50)
    expect(time.totalMs(230)).toBe(30 + 100)
  })

  it('goes on until now for an attempt that is under way', () => {
    const time = createUpstreamTime()
    time.called(10)
    expect(time.untilContentMs(25)).toBe(15)
    expect(time.totalMs(25)).toBe(15)
  })

  it('counts no moment twice where attempts overlap', () => {
    const time = createUpstreamTime()
    time.called(0)
    time.called(20)
    time.ended(50)
    expect(time.totalMs(60)).toBe(50)
  })
})

it('is told in the words of Server Timing', () => {
  expect(serverTiming(123.456, 125)).toBe('upstream;dur=123.5, gateway;dur=1.5')
  expect(serverTiming(0, 0.04)).toBe('upstream;dur=0.0, gateway;dur=0.0')
})
