import type { IncomingHttpHeaders } from 'node:http'
import { expect, it } from 'vitest'
import { deadlineOf } from './deadline.js'

const of = (headers: IncomingHttpHeaders, isStream = false) =>
  deadlineOf({ headers, isStream, startedMs: 1_000, routeTimeoutMs: 60_000 })

it.each<[string, IncomingHttpHeaders, number]>([
  ['the route alone', {}, 61_000],
  ['our header, in ms', { 'x-request-timeout-ms': '1500' }, 2_500],
  ["OpenAI's and Anthropic's clients, in seconds", { 'x-stainless-timeout': '5' }, 6_000],
  ["OpenAI's Python client", { 'x-stainless-read-timeout': '2.5' }, 3_500],
  ["Gemini's client", { 'x-server-timeout': '3' }, 4_000],
  ['the shortest of several', { 'x-stainless-timeout': '5', 'x-request-timeout-ms': '700' }, 1_700],
  ['never more than the route', { 'x-request-timeout-ms': '900000' }, 61_000],
  ['half a second, rounded down to none by its client', { 'x-stainless-timeout': '0' }, 61_000],
  ['what is no number', { 'x-request-timeout-ms': 'soon', 'x-server-timeout': '-1' }, 61_000],
])('a whole answer is due by %s', (_what, headers, deadlineMs) => {
  expect(of(headers)).toEqual({ deadlineMs })
})

it("a stream's clients limit its head, and ours and Gemini's the whole", () => {
  expect(of({ 'x-stainless-timeout': '5' }, true)).toEqual({ deadlineMs: 61_000, commitByMs: 6_000 })
  expect(of({ 'x-request-timeout-ms': '700' }, true)).toEqual({ deadlineMs: 1_700 })
  expect(of({ 'x-request-timeout-ms': '700', 'x-stainless-timeout': '5' }, true)).toEqual({
    deadlineMs: 1_700,
  })
})
