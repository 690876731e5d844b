// A chat model through a provider of the AI SDK: Bedrock, Vertex and whatever else has a package for it. The model is
// handed in; where it comes from, and which package, is not known here.

import type { Clock } from '../../core/index.js'
import { type ProviderFields, type ProviderModel, providerVersions } from '../ai-sdk/provider-model.js'
import { writeCall } from '../ai-sdk/write-call.js'
import type { ChatCall, ChatModel, ModelFacts } from '../contract.js'
import { estimateRequestTokens } from '../estimate-tokens.js'
import { compact } from '../wire/fields.js'
import { openProviderAnswer } from './ai-sdk-stream.js'
import type { EngineDeployment } from './engine-deployment.js'
import { createWatchdog } from './watchdog.js'

export interface AiSdkModelOptions {
  readonly deployment: Pick<EngineDeployment, 'id' | 'model' | 'timeouts'>
  readonly facts: ModelFacts
  readonly model: ProviderModel
  /** Sent with every call: what one provider understands and no other. */
  readonly providerOptions?: ProviderFields
  /** Never shown in an error. */
  readonly secrets?: readonly string[]
  readonly clock: Clock
}

export interface AiSdkModel extends ChatModel {
  close(): Promise<void>
}

/** Whether the engine understands models of this version of the AI SDK's specification. */
export const isProviderVersion = (version: unknown): boolean =>
  typeof version === 'string' && providerVersions.includes(version)

/**
 * @example
 * const model = createAiSdkModel({ deployment, facts, model: createAmazonBedrock(settings)('...'), clock })
 */
export const createAiSdkModel = (options: AiSdkModelOptions): AiSdkModel => {
  const { deployment, facts, model, providerOptions, secrets = [], clock } = options
  const watchdog = createWatchdog(clock)
  return {
    id: deployment.id,
    facts,
    countTokens: estimateRequestTokens,
    open: async (request, call) => {
      const stop = new AbortController()
      const providerCall = await writeCall(request, {
        deployment: deployment.id,
        model,
        ...(providerOptions && { providerOptions }),
        headers: traceHeaders(call),
        signal: stop.signal,
      })
      return openProviderAnswer({
        deployment,
        clock,
        watchdog,
        model,
        providerCall,
        secrets,
        stop,
        request,
        call,
      })
    },
    close: async () => watchdog.close(),
  }
}

const traceHeaders = ({ trace, traceState }: ChatCall): Readonly<Record<string, string>> =>
  compact({ traceparent: trace, tracestate: traceState })
