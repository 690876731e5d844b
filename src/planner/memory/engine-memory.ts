// What an engine's release leaves of a card for the KV cache: its budget less weights, the measured peak, what the
// runtime holds, and what it reserves for graphs. Knows no request and no speed.

import type { EngineName, Model, Precision } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import { type Activations, activationsOf } from './engine-activations.js'
import type { Card } from './engine-card.js'
import { assumedVersions, type EngineSettings, isV0, releaseOf, settingsOf } from './engine-defaults.js'
import { captureBytes, graphBytes } from './engine-graphs.js'
import { reservedBytes } from './engine-reserved.js'
import { nonTorchBytes } from './engine-runtime.js'
import type { EngineVersion } from './engine-version.js'
import { createMemoryParts, type MemoryParts } from './memory-parts.js'
import type { Sharding } from './sharding.js'

export interface EngineMemoryOptions {
  readonly engine: EngineName
  /** As written: `0.8.5`, `v0.19.0`, `0.8.5 V0`; undefined = the catalogue's. */
  readonly version: string | undefined
  readonly card: Card
  readonly sharding: Sharding
  readonly precision: Precision
  readonly maxModelLen: number
  readonly utilisation?: number | undefined
  readonly maxBatchedTokens?: number | undefined
  readonly maxSequences?: number | undefined
  readonly chunkedPrefill?: boolean | undefined
  readonly enforceEager?: boolean
  readonly vision?: boolean
  /** Bytes on each accelerator beside the model: drafting model, adapters. */
  readonly extraBytes?: number
  readonly prediction?: boolean
  /** `--kv-cache-memory-bytes`: the engine takes it unasked and measures nothing. */
  readonly kvCacheBytes?: number | undefined
}

export interface EngineMemory {
  readonly version: EngineVersion
  readonly isV0: boolean
  readonly settings: EngineSettings
  readonly budgetBytes: number
  /** What the budget holds whatever a step takes: weights, and context and runtime where it counts them. */
  readonly fixedBytes: number
  readonly weightsBytes: number
  readonly activations: Activations
  readonly nonTorchBytes: number
  readonly graphBytes: number
  /** What capturing graphs takes beside the budget, and what is free there for it; 0 where the budget counts them. */
  readonly captureBytes: number
  readonly captureRoomBytes: number
  /** What the engine sets aside for the widest step: of vLLM the peak, of llama.cpp the compute buffer. */
  readonly stepBytes: number
  /** What it holds whatever it does: context, runtime and reserved graphs, as far as its budget counts them. */
  readonly heldBytes: number
  /** On each accelerator; negative = weights and peak alone exceed the budget. */
  readonly kvBytes: number
}

/** @param parts what was worked out before; default: all of it anew */
export const engineMemory = (
  model: Model,
  options: EngineMemoryOptions,
  parts: MemoryParts = createMemoryParts(),
): EngineMemory => {
  const { engine, card, sharding } = options
  const written = options.version ?? assumedVersions[engine]
  const version = releaseOf(engine, written)
  const v0 = engine === 'vllm' && isV0(version, written, card)
  const settings = settingsOf(engine, written, card, {
    ...options,
    accelerators: sharding.tensorParallel * sharding.pipelineParallel,
  })
  const weights = parts.weights(model, {
    sharding,
    precision: options.precision,
    vision: options.vision ?? true,
    prediction: options.prediction ?? false,
  })
  const graphs = {
    version,
    isV0: v0,
    enforceEager: options.enforceEager === true,
    card,
    tensorParallel: sharding.tensorParallel,
    pipelineParallel: sharding.pipelineParallel,
  }
  const found = {
    version,
    isV0: v0,
    settings,
    weightsBytes:
      weights.perAccelerator +
      (options.extraBytes ?? 0) +
      (engine === 'vllm' ? paddingBytes(model, options, weights.byComponent.experts ?? 0) : 0),
    activations: activationsOf(model, {
      settings,
      precision: options.precision,
      version,
      isV0: v0,
      tensorParallel: sharding.tensorParallel,
      pipelineParallel: sharding.pipelineParallel,
      vision: options.vision ?? true,
      maxModelLen: options.maxModelLen,
      // The kernels that are known are vLLM's.
      cardName: engine === 'vllm' ? card.name : '',
    }),
    nonTorchBytes: nonTorchBytes({
      // Other engines: as vLLM's newest, for want of figures of their own.
      version: engine === 'vllm' ? version : Number.POSITIVE_INFINITY,
      isV0: v0,
      card,
      tensorParallel: sharding.tensorParallel,
    }),
    graphBytes: engine === 'vllm' ? graphBytes(model, settings, graphs) : 0,
    captureBytes: engine === 'vllm' ? captureBytes(model, settings, graphs) : 0,
  }
  const totalBytes = card.memoryGiB * bytesPerGiB
  const heldBytes = heldBytesOf(engine, found)
  const peakBytes = stepBytesOf({ engine, model }, found)
  const reserved =
    engine === 'vllm'
      ? reservedBytes(model, {
          version,
          isV0: v0,
          tensorParallel: sharding.tensorParallel,
          tokens: settings.maxBatchedTokens,
          forwardBytes: found.activations.forwardBytes,
        })
      : 0
  const stepBytes = peakBytes + heldOf(reserved, totalBytes - found.weightsBytes - heldBytes - peakBytes)
  const { utilisation } = settings
  const budgetBytes = budgetOf(engine, { totalBytes, heldBytes, utilisation })
  const fixedBytes = found.weightsBytes + (engine === 'sglang' ? 0 : heldBytes - found.graphBytes)
  const leftBytes = budgetBytes - fixedBytes - stepBytes - found.graphBytes
  return {
    ...found,
    stepBytes,
    heldBytes,
    captureRoomBytes: captureRoomBytes(found, totalBytes, stepBytes - peakBytes),
    budgetBytes,
    fixedBytes,
    // TensorRT-LLM takes a share of what all else leaves.
    kvBytes: options.kvCacheBytes ?? (engine === 'trtllm' ? leftBytes * utilisation : leftBytes),
  }
}

/**
 * vLLM widens MXFP4 experts to whole tiles of 256: 2,880 becomes 3,072 in gpt-oss (13.47 and 64.38 GiB loaded, 12.8
 * and 60.7 on disk; github:llm-d/llm-d-benchmark config_explorer/empirical-vllm-memory-results.md, 2026-01).
 */
const paddingBytes = (
  model: Model,
  { precision, sharding }: EngineMemoryOptions,
  expertBytes: number,
): number => {
  if (precision !== 'mxfp4' || model.expertFeedForward === 0) return 0
  const inner = model.expertFeedForward / sharding.tensorParallel
  return expertBytes * ((Math.ceil(inner / 256) * 256) / inner - 1)
}

/** CUDA context and kernels of an idle process, GiB: 0.51 on an H100 (llm-d logs, 2026-04-22). */
const contextGiB = 0.51

type Found = Omit<
  EngineMemory,
  'budgetBytes' | 'fixedBytes' | 'kvBytes' | 'stepBytes' | 'heldBytes' | 'captureRoomBytes'
>

/** When the card is full, torch gives back what it held and begins anew. */
const heldOf = (reserved: number, room: number): number =>
  room > 0 && reserved > room ? reserved % room : reserved

/**
 * What is free for graphs when they are captured: what utilisation leaves, less the context where the budget does not
 * count it (V0, and V1 from 0.9.2 on), and what the run that measured has given back by then: from 0.6.5 on all of it
 * (`torch.cuda.empty_cache()` at the end of `memory_profiling`, vllm/utils.py).
 */
const captureRoomBytes = (found: Found, totalBytes: number, reserved: number): number => {
  const outside = totalBytes * (1 - found.settings.utilisation)
  const context = contextGiB * bytesPerGiB
  if (found.isV0 && found.version < 6.005) return outside + reserved - context
  return outside + found.activations.peakBytes - (!found.isV0 && found.version < 9.002 ? 0 : context)
}

const stepBytesOf = (
  { engine, model }: { readonly engine: EngineName; readonly model: Model },
  found: Found,
): number => {
  const { activations, version } = found
  switch (engine) {
    case 'vllm':
      return activations.peakBytes
    // Activations and graphs live in what its static share leaves.
    case 'sglang':
      return 0
    case 'trtllm':
      return activations.forwardBytes + builtEngineBytes(version)
    // A whole prefill batch.
    case 'tgi':
      return warmUpBytes(model, found)
    // One micro-batch.
    case 'llama.cpp':
      return computeBufferBytes(activations)
  }
}

/** vLLM counts from what an idle process leaves; llama.cpp has no runtime to speak of beside its context. */
const heldBytesOf = (engine: EngineName, { nonTorchBytes: runtime, graphBytes: graphs }: Found): number => {
  if (engine === 'vllm') return runtime + graphs
  return contextGiB * bytesPerGiB + (engine === 'llama.cpp' ? 0 : runtime)
}

/** Of a card; of SGLang a share of what is free before weights are loaded, of TensorRT-LLM all of it. */
const budgetOf = (
  engine: EngineName,
  {
    totalBytes,
    heldBytes,
    utilisation,
  }: { readonly totalBytes: number; readonly heldBytes: number; readonly utilisation: number },
): number => {
  if (engine === 'trtllm') return totalBytes
  return (engine === 'sglang' ? totalBytes - heldBytes : totalBytes) * utilisation
}

/**
 * Buffers and decoder of TensorRT-LLM's built engines, before 1.0: 8.9 and 5.5 GiB were in use beside weights, the
 * decoder 4.35 (Llama-2-7b FP8 on an H100, 0.12, 2024-07; Llama-3.1-8B FP8 on an RTX 5090, 2025); 3 is between.
 */
const builtEngineBytes = (version: EngineVersion): number => (version < 1000 ? 3 * bytesPerGiB : 0)

/**
 * TGI before 2.3 warms up with the logits of every token of the prompt, in 16 and in 32 bits: 2.33 GiB were left for
 * Llama-3.1-8B on an A10G (2024-09-03).
 */
const warmUpBytes = (
  model: Model,
  { version, settings, activations }: Pick<EngineMemory, 'version' | 'settings' | 'activations'>,
): number =>
  Math.max(activations.forwardBytes, version < 2003 ? settings.maxBatchedTokens * model.vocabulary * 6 : 0)

/** The compute buffer of llama.cpp: logits of a micro-batch in 32 bits and the widest layer twice; about 0.3 GiB at least. */
const computeBufferBytes = ({ forwardBytes }: Activations): number => 0.3 * bytesPerGiB + 2 * forwardBytes
