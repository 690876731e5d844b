// The engine for providers of the AI SDK, before a fake model that says Hello unless a test wants otherwise.

import { expect } from 'vitest'
import { systemClock } from '../../core/index.js'
import type { ProviderModel } from '../ai-sdk/provider-model.js'
import type { ChatCall, ChatRequest } from '../contract.js'
import { createAiSdkModel } from '../engines/ai-sdk.js'
import { testCall, testRequest } from './call.js'
import {
  createFakeProviderModel,
  finishOf,
  type Piece,
  type ProviderBehaviour,
  says,
  started,
} from './provider-model.js'
import { deployment, facts } from './subjects.js'

const hello: readonly Piece[] = [started(), says('Hello'), finishOf()]
export const engineOf = (
  behaviour: ProviderBehaviour = {},
  changes: { version?: string; clock?: typeof systemClock } = {},
) => {
  const provider = createFakeProviderModel(() => ({ stream: () => hello, ...behaviour }))
  const model: ProviderModel = changes.version
    ? { ...provider, supportedUrls: behaviour.supportedUrls ?? {}, specificationVersion: changes.version }
    : provider
  const engine = createAiSdkModel({
    deployment,
    facts,
    model,
    providerOptions: { fake: { region: 'tpe' } },
    secrets: ['very-secret-value'],
    clock: changes.clock ?? systemClock,
  })
  const open = (request: Partial<ChatRequest> = {}, call: Partial<ChatCall> = {}) =>
    engine.open(testRequest(request), testCall(call))
  return { open, engine, provider, asked: () => provider.calls.at(-1) }
}

export const failureOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(error).toBeDefined()
  return error as { code: string; message: string; retryable: boolean; params: Record<string, unknown> }
}
