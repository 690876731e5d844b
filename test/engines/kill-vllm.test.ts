// kill -9 of vLLM under load: who has no answer yet gets one from the fallback, who has a part is told that it broke
// off, and nobody waits for ever.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { vllmUrl, weightsFolder } from './engine-addresses.js'
import { type EngineProcess, startEngine } from './engine-process.js'
import { servedName, vllmOn } from './engines-home.js'
import { type ServedSystem, serveOn } from './serve-on.js'

let doomed: EngineProcess
let system: ServedSystem

beforeAll(async () => {
  doomed = await startEngine(vllmOn(weightsFolder()))
  const deployment = (id: string, url: string) => ({
    id,
    engine: 'vllm',
    model: servedName,
    address: `${url}/v1`,
    contextLength: 1024,
  })
  system = await serveOn({
    deployments: [deployment('doomed', doomed.url), deployment('spare', vllmUrl())],
    routes: {
      safe: { fallback: [{ deployment: 'doomed' }, { deployment: 'spare' }] },
      alone: { deployment: 'doomed' },
    },
  })
})
afterAll(async () => {
  await system?.close()
  await doomed?.stop()
})

interface Heard {
  readonly status: number
  readonly answeredBy: string | null
  readonly text: string
}

/** @param onPiece called with what has come so far */
const ask = async (
  model: string,
  body: object,
  onPiece: (text: string) => void = () => {},
): Promise<Heard> => {
  const response = await fetch(`${system.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'What does it cost?' }], ...body }),
  })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    onPiece(text)
  }
  return { status: response.status, answeredBy: response.headers.get('x-answered-by'), text }
}

it('leaves no request without an end', async () => {
  // Long answers: they are under way when the engine is killed.
  const long = { max_tokens: 900, min_tokens: 900, temperature: 0 }
  let hasBegun = () => {}
  const begun = new Promise<void>((resolve) => {
    hasBegun = resolve
  })
  const watch = (text: string) => {
    if (text.includes('"content":"')) hasBegun()
  }
  const streamed = Array.from({ length: 8 }, () => ask('safe', { ...long, stream: true }, watch))
  await begun
  const whole = Array.from({ length: 8 }, () => ask('safe', { max_tokens: 200, min_tokens: 200 }))
  const alone = ask('alone', { max_tokens: 900, min_tokens: 900 })
  await doomed.kill()
  const late = Array.from({ length: 8 }, () => ask('safe', { max_tokens: 8 }))

  for (const { status, answeredBy, text } of await Promise.all([...whole, ...late])) {
    expect({ status, answeredBy }).toEqual({ status: 200, answeredBy: 'spare' })
    expect(JSON.parse(text).usage.completion_tokens).toBeGreaterThan(0)
  }
  const ended = await Promise.all(streamed)
  const broken = ended.filter(({ answeredBy }) => answeredBy === 'doomed')
  expect(broken.length).toBeGreaterThan(0)
  for (const { status, answeredBy, text } of ended) {
    expect(status).toBe(200)
    if (answeredBy === 'spare') expect(text).toContain('"finish_reason":"length"')
    else expect(text).toMatch(/"error":/)
    if (answeredBy === 'doomed') expect(text).not.toContain('[DONE]')
  }
  // What nobody stands in for is an error, not silence.
  expect((await alone).status).toBeGreaterThanOrEqual(502)
  expect((await ask('alone', {})).status).toBeGreaterThanOrEqual(502)
  expect((await ask('safe', { max_tokens: 8 })).answeredBy).toBe('spare')
})
