// Whatever JSON arrives, from a client or from an upstream.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ArchitectError } from '../../core/index.js'
import { codecs } from './codecs.js'

const options = { id: 'resp_1', model: 'support', createdSeconds: 1764054000 }
const value = fc.jsonValue({ maxDepth: 2 })
const sometimes = (known: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 20, arbitrary: known }, { weight: 1, arbitrary: value })
const fields = (known: Record<string, fc.Arbitrary<unknown>>) =>
  sometimes(
    fc.record(Object.fromEntries(Object.entries(known).map(([name, one]) => [name, sometimes(one)])), {
      requiredKeys: [],
    }),
  )
const media = fields({
  mimeType: fc.constantFrom('image/png', 'audio/wav'),
  data: fc.string(),
  fileUri: fc.webUrl(),
})
const part = fields({
  text: fc.string(),
  thought: fc.boolean(),
  thoughtSignature: fc.string(),
  inlineData: media,
  file_data: media,
  functionCall: fields({ id: fc.string(), name: fc.string(), args: fc.object(), willContinue: fc.boolean() }),
  functionResponse: fields({
    id: fc.string(),
    name: fc.string(),
    response: fc.object(),
    parts: fc.array(value),
  }),
})
const content = fields({
  role: fc.constantFrom('user', 'model', 'function'),
  parts: fc.array(part, { maxLength: 3 }),
})
const schema = fields({
  type: fc.constantFrom('OBJECT', 'string'),
  properties: fc.object(),
  nullable: fc.boolean(),
  enum: fc.array(value),
})
const request = fields({
  contents: fc.array(content, { maxLength: 4 }),
  system_instruction: content,
  tools: fc.array(
    fields({ functionDeclarations: fc.array(fields({ name: fc.string(), parameters: schema })) }),
  ),
  toolConfig: fields({ functionCallingConfig: fields({ mode: fc.constantFrom('ANY', 'VALIDATED') }) }),
  generationConfig: fields({
    responseMimeType: fc.constant('application/json'),
    responseSchema: schema,
    candidateCount: fc.nat(),
  }),
})
const logprob = fields({ token: fc.string(), logProbability: fc.double({ noNaN: true }) })
const answer = fields({
  candidates: fc.array(
    fields({
      content,
      index: fc.nat({ max: 2 }),
      finishReason: fc.constantFrom('STOP', 'SAFETY', 'ODD'),
      citationMetadata: fields({ citationSources: fc.array(value) }),
      groundingMetadata: fields({ groundingSupports: fc.array(value) }),
      logprobsResult: fields({
        chosenCandidates: fc.array(logprob),
        topCandidates: fc.array(fields({ candidates: fc.array(logprob) })),
      }),
    }),
    { maxLength: 2 },
  ),
  usageMetadata: fc.object(),
  promptFeedback: fields({ blockReason: fc.constant('SAFETY') }),
  error: fields({ code: fc.nat(), message: fc.string() }),
})

it('a request is taken, or refused by a typed error, also in another dialect', () => {
  let taken = 0
  fc.assert(
    fc.property(request, fc.constantFrom(...Object.values(codecs)), (json, target) => {
      try {
        const body =
          json !== null && typeof json === 'object' && !Array.isArray(json) ? { ...json, model: 'a' } : json
        JSON.stringify(target.encodeRequest(codecs.gemini.decodeRequest(body)))
        taken++
      } catch (error) {
        expect(error).toBeInstanceOf(ArchitectError)
      }
    }),
    { numRuns: 300 },
  )
  expect(taken).toBeGreaterThan(0)
})

it('an answer becomes events, whole and in a stream, and those an answer of any dialect', () => {
  fc.assert(
    fc.property(
      fc.array(answer, { maxLength: 3 }),
      fc.constantFrom(...Object.values(codecs)),
      (chunks, target) => {
        const bytes = Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
        const streamed = codecs.gemini.createStreamDecoder().push(bytes)
        for (const events of [streamed, codecs.gemini.decodeAnswer(chunks[0])]) {
          const encoder = target.createStreamEncoder(options)
          expect(encoder.encode(events)).toBeInstanceOf(Uint8Array)
          expect(encoder.end()).toBeInstanceOf(Uint8Array)
          const whole = target.encodeAnswer(
            events.filter((event) => event.type !== 'error'),
            options,
          )
          expect(JSON.stringify(whole)).toMatch(/^\{/)
        }
      },
    ),
    { numRuns: 300 },
  )
})

it('an answer of the dialect is written again as it came, whatever its parts', () => {
  const said = fc.record({ text: fc.string() })
  const called = fc.record({
    functionCall: fc.record({ name: fc.string(), args: fc.dictionary(fc.string(), fc.string()) }),
  })
  const whole = fc.record({
    candidates: fc.array(
      fc.record({
        content: fc.record({
          role: fc.constant('model'),
          parts: fc.array(fc.oneof(said, called), { minLength: 1 }),
        }),
        finishReason: fc.constantFrom('STOP', 'SAFETY', 'OTHER'),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    odd: fc.jsonValue(),
  })
  fc.assert(
    fc.property(whole, (json) => {
      const again = codecs.gemini.encodeAnswer(codecs.gemini.decodeAnswer(json), options)
      expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(json)))
    }),
    { numRuns: 200 },
  )
})
