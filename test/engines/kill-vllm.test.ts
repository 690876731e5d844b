// kill -9 of one of two vLLM servers under load, which both carry: who has no answer yet gets one from the other server,
// who has a part is told that it broke off, and nobody waits for ever.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { vllmUrl } from './engine-addresses.js'
import { type EngineProcess, startEngine } from './engine-process.js'
import { makeLlama, servedName, vllmOn } from './engines-home.js'
import { type ServedSystem, serveOn } from './serve-on.js'

// Some 25 times the arithmetic of the other engines' model: nobody's answer is whole when the kill comes.
const slowModel = { hidden: 768, layers: 12 }
const folder = mkdtempSync(join(tmpdir(), 'kill-vllm-'))
let doomed: EngineProcess
let system: ServedSystem

beforeAll(async () => {
  doomed = await startEngine(vllmOn(makeLlama(folder, slowModel)))
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
      crossed: { fallback: [{ deployment: 'spare' }, { deployment: 'doomed' }] },
      alone: { deployment: 'doomed' },
    },
  })
})
afterAll(async () => {
  await system?.close()
  await doomed?.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
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

/** Whole, streamed or not. */
const isWhole = ({ text }: Heard) => text.includes('"finish_reason":"length"')
/** A stream that says that it broke off, after a part of the answer. */
const isBrokenPart = ({ text }: Heard) =>
  text.includes('"error":') && !text.includes('[DONE]') && /"content":"[^"]/.test(text)

it('fails no request that had not started to answer, and leaves none without an end', async () => {
  // As long as the context allows: the answers are under way when the engine is killed.
  const long = { max_tokens: 900, min_tokens: 900, temperature: 0 }
  const short = { max_tokens: 40, min_tokens: 40 }
  let killed: Promise<void> | undefined
  const killAtFirstPiece = (text: string) => {
    if (text.includes('"content":')) killed ??= doomed.kill()
  }
  /** One request after the other, until two of them began after the kill. */
  const keepAsking = async (model: string, body: object): Promise<readonly Heard[]> => {
    const heard: Heard[] = []
    for (let late = 0; late < 2; late += killed ? 1 : 0) heard.push(await ask(model, body))
    return heard
  }
  const whole = Array.from({ length: 8 }, () => ask('safe', { max_tokens: 200, min_tokens: 200 }))
  const alone = ask('alone', long)
  const load = ['safe', 'crossed'].flatMap((model) => [
    keepAsking(model, short),
    keepAsking(model, { ...short, stream: true }),
  ])
  const streamed = Array.from({ length: 8 }, () => ask('safe', { ...long, stream: true }, killAtFirstPiece))
  const ended = await Promise.all(streamed)
  await killed

  const answers = await Promise.all(whole)
  const others = (await Promise.all(load)).flat()
  for (const heard of [...ended, ...answers, ...others]) {
    expect(heard.status).toBe(200)
    expect([isWhole(heard), isBrokenPart(heard)].filter(Boolean), heard.text).toHaveLength(1)
    if (isBrokenPart(heard)) expect(heard.answeredBy).toBe('doomed')
  }
  // The killed server was answering streams and held answers back; the other one took the latter over.
  expect(ended.filter(isBrokenPart).length).toBeGreaterThan(0)
  expect(answers.filter(({ answeredBy }) => answeredBy === 'spare').length).toBeGreaterThan(0)
  for (const { text } of answers) expect(JSON.parse(text).usage.completion_tokens).toBe(200)
  // What nobody stands in for is an error, not silence.
  expect((await alone).status).toBeGreaterThanOrEqual(502)
  expect((await ask('alone', {})).status).toBeGreaterThanOrEqual(502)
  // Afterwards everybody is answered, by the fallback.
  const late = await Promise.all(Array.from({ length: 8 }, () => ask('safe', { max_tokens: 8 })))
  expect(late.map(({ status, answeredBy }) => ({ status, answeredBy }))).toEqual(
    late.map(() => ({ status: 200, answeredBy: 'spare' })),
  )
})
