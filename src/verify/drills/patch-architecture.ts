// The architecture of a proving instance: the routes, guards, prompts and limits of the one under test, with a
// provider mock in place of its engines and test corpora in place of its documents. Chat alone: the provider speaks
// nothing else. Pure.

import { type Architecture, kindOfRoute, type TokenPrice } from '../../spec/index.js'
import type { PriceSheet } from './provider-options.js'

export interface ArchitecturePatch {
  /** Absolute folders of documents; ingested before the instance counts as ready. */
  readonly knowledge: readonly { readonly id: string; readonly source: string }[]
  /** Answers in place of every deployment. */
  readonly provider: { readonly address: string; readonly price: TokenPrice }
}

/** US dollars per million tokens, as an operator copies them from the provider's price list. */
export const tokenPriceOf = (prices: PriceSheet): TokenPrice => ({
  input: prices.inputNanoUsd / 1000,
  cachedInput: prices.cachedInputNanoUsd / 1000,
  output: prices.outputNanoUsd / 1000,
})

/** The architecture that `startProvingInstance` runs, on a free port of loopback. */
export const patchArchitecture = (architecture: Architecture, patch: ArchitecturePatch): Architecture => {
  const chat = architecture.deployments.filter(({ kind }) => kind === 'chat')
  return {
    ...architecture,
    server: { ...architecture.server, host: '127.0.0.1', port: 0, requireKeys: false },
    store: {},
    limits: { ...architecture.limits, requestsPerMinute: 0, tokensPerMinute: 0, monthlyBudgetUsd: 0 },
    deployments: chat.map(({ id, kind, contextLength, languages, task, timeouts, ...policy }) => ({
      id,
      kind,
      engine: 'openai-chat',
      model: 'proving-model',
      address: patch.provider.address,
      price: patch.provider.price,
      contextLength,
      languages,
      ...(task && { task }),
      quirks: {},
      timeouts,
      retry: policy.retry,
      breaker: policy.breaker,
      limits: policy.limits,
      options: {},
    })),
    routes: architecture.routes
      .filter((route) => kindOfRoute(route, architecture) === 'chat')
      .map(({ knowledge: _own, cache: _cache, ...route }) => route),
    knowledge: patch.knowledge.map(({ id, source }) => ({
      id,
      source,
      access: ['public'],
      tenant: 'default',
      chunkTokens: 256,
      topK: 10,
    })),
    plugins: architecture.plugins,
  }
}
