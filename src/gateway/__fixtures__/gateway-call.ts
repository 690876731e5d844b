// A call as chat.ts makes it, for tests of one stage.

import type { ChatRequest } from '../../llm/index.js'
import type { GatewayCall } from '../call.js'
import { createUpstreamTime } from '../upstream-time.js'
import { createRecordingLedger } from './harness.js'

export const gatewayCall = (changes: Partial<GatewayCall> = {}): GatewayCall => {
  let attempts = 0
  return {
    operation: 'chat',
    upstream: createUpstreamTime(),
    requestId: 'req_1',
    tenant: 'acme',
    keyId: 'key_1',
    principal: ['public'],
    signal: new AbortController().signal,
    promptVariant: 'none',
    routeArm: 'default',
    recorder: createRecordingLedger().recorder(),
    route: 'chat',
    architectureHash: 'sha256:test',
    limits: { requestsPerMinute: 0, tokensPerMinute: 0, monthlyBudgetUsd: 0 },
    caching: 'use',
    nextAttempt: () => attempts++,
    ...changes,
  }
}

export const chatRequest = (text: string, changes: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'chat',
  messages: [{ role: 'user', parts: [{ type: 'text', text, source: 'user' }] }],
  stream: false,
  extra: {},
  ...changes,
})
