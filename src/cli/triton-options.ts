// The options of a deployment whose engine is `triton`, read from architecture.yaml.

import { z } from 'zod'
import type { TritonGenerateOptions } from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import { cliError } from './messages.js'

const schema = z.strictObject({
  /** The backend behind the model: what it calls its inputs. */
  dialect: z.enum(['vllm', 'tensorrt-llm']).default('vllm'),
  /** How the model was taught to see a conversation: a known way, or one spelled out. */
  template: z
    .union([
      z.enum(['chatml', 'llama-3', 'gemma', 'plain']),
      z.strictObject({
        start: z.string().default(''),
        message: z.string().includes('{content}'),
        answer: z.string(),
        roles: z
          .strictObject({
            system: z.string().optional(),
            developer: z.string().optional(),
            user: z.string().optional(),
            assistant: z.string().optional(),
            tool: z.string().optional(),
          })
          .optional(),
        stop: z.array(z.string()).default([]),
        markers: z.array(z.string().min(1)).default([]),
      }),
    ])
    .default('chatml'),
})

/** @throws `cli.engine-options-invalid` */
export const tritonOptions = (
  deployment: Deployment,
): Required<Pick<TritonGenerateOptions, 'dialect' | 'template'>> => {
  const parsed = schema.safeParse(deployment.options)
  if (parsed.success) return parsed.data
  const detail = parsed.error.issues
    .map(({ path, message }) => `${['options', ...path].join('.')}: ${message}`)
    .join('; ')
  throw cliError('cli.engine-options-invalid', { deployment: deployment.id, detail })
}
