// Calls and requests as tests of this room need them.

import type { AttemptRecorder } from '../../core/index.js'
import type { ChatCall, ChatRequest } from '../contract.js'

/** A recorder for engines, which do not use it. */
const idleRecorder: AttemptRecorder = {
  begin: () => Promise.resolve({ settle: () => Promise.resolve() }),
}

export const testCall = (changes: Partial<ChatCall> = {}): ChatCall => ({
  requestId: 'req_1',
  tenant: 'default',
  keyId: 'key_1',
  principal: ['public'],
  signal: new AbortController().signal,
  promptVariant: 'default',
  routeArm: 'default',
  recorder: idleRecorder,
  route: 'support',
  architectureHash: 'sha256:0',
  ...changes,
})

export const testRequest = (changes: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'support',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'What does a transfer cost?', source: 'user' }] }],
  stream: true,
  extra: {},
  ...changes,
})
