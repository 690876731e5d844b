// A gateway that asks for keys, as the official clients of the tests meet it, and what those tests share: what the
// engine says, what its errors are, and how a call is seen to have ended upstream.

import type { Attempt } from '../../core/index.js'
import type { ScriptedAnswer } from '../../llm/index.js'
import { llmError } from './errors.js'
import { keyRecord, startTestGateway, type TestGateway, type TestOptions } from './harness.js'

/** The key that `startClientGateway` knows. */
export const clientKey = 'la-key'

export const startClientGateway = async (options: TestOptions = {}): Promise<TestGateway> => {
  const gateway = await startTestGateway({
    ...options,
    architecture: { server: { requireKeys: true }, ...options.architecture },
  })
  gateway.keys.set(clientKey, keyRecord())
  return gateway
}

export const failureOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).catch((error: unknown) => error)

/** An answer that breaks off after two of its three pieces. */
export const brokenOff = {
  text: ['a', 'b', 'c'],
  failAfter: { pieces: 2, error: llmError('llm.upstream-broke-off') },
} satisfies ScriptedAnswer

/** An answer that says one piece and then nothing until its call is ended. */
export const stalled: ScriptedAnswer = { text: ['a', 'b'], stallAfter: 1 }

/** How the first call of an engine ended; waits for it. */
export const firstAttempt = async ({ ledger }: TestGateway): Promise<Omit<Attempt, 'deployment'>> => {
  for (;;) {
    const settled = ledger.attempts[0]?.settled
    if (settled) return settled
    await new Promise((resolve) => setImmediate(resolve))
  }
}
