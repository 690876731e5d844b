import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import type { ChatReply } from '../read-reply.js'
import { createSystemClient, type SystemClient } from '../system-client.js'
import { countProviderTokens } from './count-tokens.js'
import { chargeOf, planReply } from './plan-reply.js'
import { defaultPrices, type InvoiceLine, type ProviderOptions } from './provider-options.js'
import { type ProviderServer, startProvider } from './provider-server.js'

let directory: string
let provider: ProviderServer
let client: SystemClient

const options = (): ProviderOptions => ({
  invoiceFile: join(directory, 'invoice.jsonl'),
  seed: 4,
  prices: defaultPrices,
  failureShare: 0.1,
  cutOffShare: 0.2,
  cachedShare: 0.3,
  chunkDelayMs: 0,
})

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'provider-'))
  provider = await startProvider(options(), { clock: systemClock })
  client = createSystemClient({ baseUrl: provider.address.replace(/\/v1$/, '') })
})
afterEach(async () => {
  await client.close()
  await provider.close()
  await rm(directory, { recursive: true, force: true })
})

const ask = async (count: number): Promise<ChatReply[]> => {
  const { signal } = new AbortController()
  const replies: ChatReply[] = []
  for (let i = 0; i < count; i++)
    replies.push(
      await client.chat({ model: 'm', question: `第 ${i} 題 question`, stream: i % 2 === 0, signal }),
    )
  return replies
}

const readInvoice = async (): Promise<InvoiceLine[]> =>
  (await readFile(options().invoiceFile, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('the provider mock', () => {
  it('writes one invoice line per call and charges whole answers only', async () => {
    const replies = await ask(60)
    const invoice = await readInvoice()
    expect(invoice).toHaveLength(60)
    const lineOf = (reply: ChatReply) =>
      invoice.find(({ completionId }) => completionId === reply.completionId)
    for (const reply of replies.filter(({ isComplete }) => isComplete)) {
      expect(lineOf(reply)).toMatchObject({
        ended: 'finished',
        outputTokens: countProviderTokens(reply.text),
      })
      expect(lineOf(reply)?.nanoUsd).toBeGreaterThan(0)
    }
    const complete = replies.filter(({ isComplete }) => isComplete).length
    expect(invoice.filter(({ ended }) => ended === 'finished')).toHaveLength(complete)
    for (const line of invoice.filter(({ ended }) => ended !== 'finished')) expect(line.nanoUsd).toBe(0)
  })

  it('fails, breaks off and caches now and then', async () => {
    const replies = await ask(60)
    const invoice = await readInvoice()
    expect(new Set(invoice.map(({ ended }) => ended))).toEqual(new Set(['finished', 'refused', 'cut-off']))
    expect(replies.filter(({ status }) => status === 500).length).toBeGreaterThan(0)
    expect(invoice.some(({ cachedInputTokens }) => cachedInputTokens > 0)).toBe(true)
    expect(invoice.some(({ cachedInputTokens }) => cachedInputTokens === 0)).toBe(true)
  })

  it('charges in whole nano-dollars: cached tokens at their own price', () => {
    const prices = { inputNanoUsd: 150, cachedInputNanoUsd: 75, outputNanoUsd: 600 }
    const reply = {
      ended: 'finished' as const,
      pieces: [],
      inputTokens: 100,
      cachedInputTokens: 40,
      outputTokens: 7,
    }
    expect(chargeOf(reply, prices)).toBe(60 * 150 + 40 * 75 + 7 * 600)
    expect(chargeOf({ ...reply, ended: 'cut-off' }, prices)).toBe(0)
  })

  it('does the same for the same seed', () => {
    const call = { index: 3, prompt: 'hello', stream: true }
    expect(planReply(call, options())).toEqual(planReply(call, options()))
    const fates = Array.from({ length: 200 }, (_, index) => planReply({ ...call, index }, options()).ended)
    expect(fates.filter((ended) => ended === 'refused').length).toBeGreaterThan(5)
    expect(fates.filter((ended) => ended === 'cut-off').length).toBeGreaterThan(15)
  })
})
