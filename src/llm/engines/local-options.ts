// The `options` of a deployment whose engine is `local`, with their defaults.

import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { llmError } from '../messages.js'

const optionsSchema = z.strictObject({
  /** One core is left to everything else: llama.cpp waits in busy loops, and crawls when it has to share. */
  threads: z
    .int()
    .positive()
    .default(() => Math.max(1, availableParallelism() - 1)),
  /** Answers decoded at the same time; each has memory for `contextLength` tokens. */
  sequences: z.int().positive().max(64).default(4),
  /** Requests that may wait for a sequence. */
  maxWaiting: z.int().nonnegative().default(64),
  gpu: z.union([z.enum(['auto', 'metal', 'cuda', 'vulkan']), z.literal(false)]).default('auto'),
  /** Adapters over the weights; paths as of `model`. */
  lora: z.array(z.strictObject({ path: z.string(), scale: z.number().default(1) })).default([]),
  /** For requests that name none; 0 always takes the likeliest token. */
  temperature: z.number().min(0).max(2).default(1),
})

export type LocalOptions = z.infer<typeof optionsSchema>

/** @throws `llm.options-invalid` */
export const parseLocalOptions = (deployment: string, options: unknown): LocalOptions => {
  const parsed = optionsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  const detail = parsed.error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
  throw llmError('llm.options-invalid', { deployment, detail })
}
