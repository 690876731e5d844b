// A gateway that keeps responses in a real database, and the official OpenAI client before it, whose every answer is
// held against OpenAI's own schemas.

import OpenAI from 'openai'
import { conversationMigrations, createConversations } from '../../conversations/index.js'
import { type Clock, systemClock } from '../../core/index.js'
import { type ChatModel, createScriptedModel, type Script, type ScriptedModel } from '../../llm/index.js'
import { startTestStore } from '../../store/testing.js'
import { keyRecord, startTestGateway, type TestGateway, type TestOptions } from './harness.js'
import { problemsOfAnswer } from './openai-schemas.js'

export interface ResponsesGateway extends TestGateway {
  readonly client: OpenAI
  /** The model, where it is a scripted one. */
  readonly model: ScriptedModel
  clientOf(key: string): OpenAI
  /** What is wrong with the answers so far; waits for those that are still read. */
  problems(): Promise<readonly string[]>
}

/** Opens the database once for all gateways of a test file. */
export const openTestConversations = async () => {
  const test = await startTestStore()
  await test.store.migrate('conversations', conversationMigrations)
  return {
    start: (script: Script | ChatModel = 'Hello', options: TestOptions = {}, clock: Clock = systemClock) =>
      startResponsesGateway(test.store, script, { ...options, clock }),
    store: test.store,
    close: test.close,
  }
}

type Store = Awaited<ReturnType<typeof startTestStore>>['store']

const startResponsesGateway = async (
  store: Store,
  script: Script | ChatModel,
  options: TestOptions & { readonly clock: Clock },
): Promise<ResponsesGateway> => {
  const { clock } = options
  const isModel = typeof script === 'object' && 'countTokens' in script
  const model = isModel ? script : createScriptedModel({ id: 'main', script, clock })
  const conversations = createConversations({ store, clock })
  const gateway = await startTestGateway({
    conversations,
    ...options,
    models: { main: model },
    architecture: { server: { requireKeys: true }, ...options.architecture },
  })
  for (const [key, tenant, id] of [
    ['la-key', 'acme', 'key_1'],
    ['la-colleague', 'acme', 'key_2'],
    ['la-stranger', 'other', 'key_1'],
  ] as const)
    gateway.keys.set(key, keyRecord({ tenant, id }))
  const read: Promise<readonly string[]>[] = []
  const clientOf = (apiKey: string) =>
    new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0, fetch: fetchAndCheck(read) })
  return {
    ...gateway,
    client: clientOf('la-key'),
    model: model as ScriptedModel,
    clientOf,
    problems: async () => (await Promise.all(read)).flat(),
    close: async () => {
      await gateway.close()
      await conversations.close()
    },
  }
}

const fetchAndCheck =
  (read: Promise<readonly string[]>[]): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init)
    const url = new URL(String(input))
    const type = response.headers.get('content-type') ?? ''
    const copy = response.clone().text()
    // A client that leaves in the middle aborts the copy too: there is no whole answer to look at.
    if (response.ok)
      read.push(
        copy.then(
          (body) => problemsOfAnswer(url, type, body),
          () => [],
        ),
      )
    return response
  }
