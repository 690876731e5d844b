// The peak of the run by which an engine measures itself at start-up: one step of as many tokens as it may have,
// then the sampler over as many sequences. Knows no weights, no cache and no card.

import type { Model, Precision, StateCache } from '../../catalog/index.js'
import type { EngineSettings } from './engine-defaults.js'
import type { EngineVersion } from './engine-version.js'
import { type FlashMlaStep, flashMlaStep } from './flash-mla-step.js'

export interface ActivationOptions {
  readonly settings: EngineSettings
  readonly precision: Precision
  readonly version: EngineVersion
  readonly isV0: boolean
  readonly tensorParallel: number
  readonly pipelineParallel: number
  /** Whether the vision tower is loaded, and so measured too. */
  readonly vision: boolean
  readonly maxModelLen: number
  readonly cardName: string
}

export interface Activations {
  /** Of the layer that needs most. */
  readonly forwardBytes: number
  /** Logits, their copy in 32 bits, and what sorting them takes. */
  readonly samplerBytes: number
  /** Buffers of the experts' kernels, kept from one step to the next. */
  readonly workspaceBytes: number
  readonly visionBytes: number
  readonly peakBytes: number
}

/**
 * Bytes of sampling for each sequence and each word of the vocabulary. Read back from printed peaks, less the hidden
 * states: 38.4 of sorting in torch (Llama-3.1-8B, 1,024 sequences, H100: 4.76 GiB; Qwen3-0.6B 5.56; gpt-oss-20b 7.38;
 * github:llm-d/llm-d-benchmark config_explorer/empirical-vllm-memory-results.md, 2026-01), 14.8 with the kernel of
 * 0.17 (1.89, 2.21 and 2.87 GiB; github:llm-d-incubation/llm-d-planner accuracy/accuracy_report.md, 2026-04).
 */
const samplerBytesPerWord = (version: EngineVersion): number => (version < 17 ? 38.4 : 14.8)

/** vLLM's peak, on the accelerator of the pipeline's last stage, which samples. */
export const activationsOf = (model: Model, options: ActivationOptions): Activations => {
  const { settings, version, tensorParallel, vision } = options
  const tokens = settings.maxBatchedTokens
  const sequences = Math.min(settings.maxSequences, tokens)
  const hiddenBytes = tokens * model.hidden * 2
  const flashMla = flashMlaStep(model, { ...options, tokens })
  const forwardBytes = tokens * forwardBytesPerToken(model, options, flashMla) + (flashMla?.scoreBytes ?? 0)
  const samplerBytes = sequences * model.vocabulary * samplerBytesPerWord(version) + hiddenBytes
  const workspaceBytes = Math.max(
    tokens * workspaceBytesPerToken(model, tensorParallel),
    flashMla?.workspaceBytes ?? 0,
  )
  const visionBytes = vision ? visionPeakBytes(model, tokens, options) : 0
  // From 0.17 on the experts' buffers stay allocated while the sampler runs.
  const kept = version >= 17 ? workspaceBytes : 0
  const forward = forwardBytes + workspaceBytes
  return {
    forwardBytes,
    samplerBytes,
    workspaceBytes,
    visionBytes,
    peakBytes: Math.max(forward, samplerBytes + kept, visionBytes),
  }
}

/**
 * Bytes a token of the widest dense layer: gate and up, their product, and four vectors as long as the residual
 * stream: 8,192 tokens of granite-3.1-8b (4,096 wide, 12,800 inside) print 0.85 GiB = 109,568 x 8,192. V0 held three
 * such vectors: 2.07 and 2.99 GiB for 20,000 and 29,000 tokens of Llama-3.1-8B (vLLM issue 10517), 2.53 for 40,000 over
 * two cards (issue 11251).
 */
const forwardBytesPerToken = (
  model: Model,
  options: ActivationOptions,
  flashMla: FlashMlaStep | null,
): number => {
  const { isV0, tensorParallel } = options
  const inner =
    model.experts > 0 && model.moeLayers === model.layers ? 0 : (model.feedForward ?? 4 * model.hidden)
  const streams = (isV0 ? 3 : tensorParallel > 1 ? 5 : 4) * model.hidden * (flashMla?.streams ?? 1) * 2
  if (flashMla) return flashMla.attentionBytesPerToken + streams
  const attention = ((model.heads + 2 * model.kvHeads) * model.headDim * 2 * 2) / tensorParallel
  const feedForward = ((copiesInput(options) ? 4 : 3) * inner * 2) / tensorParallel
  return Math.max(feedForward, attention, linearBytesPerToken(model) / tensorParallel) + streams
}

/**
 * Marlin's kernel for 4-bit weights kept a copy of its input whether it reordered it or not (`a_tmp` of csrc/quantization/
 * gptq_marlin/gptq_marlin.cu; 8.02 GiB for 32,768 tokens of Qwen2.5-32B-AWQ under 0.6.6, a public log, 2026-09-19).
 */
const copiesInput = ({ precision, version }: ActivationOptions): boolean =>
  precision === 'int4' && version >= 5.003 && version < 8.003

/** Gated delta rule and Mamba-2: inputs of the convolution twice, and a state for every 64 tokens. */
const linearBytesPerToken = (model: Model): number => {
  const state = stateOf(model)
  if (!state) return 0
  return 6 * (state.channels + state.groupChannels) * 2 + (state.stateValues * 2) / 64
}

const stateOf = ({ shape: { layers } }: Model): StateCache | null => {
  for (const { caches } of layers) for (const cache of caches) if (cache.kind === 'state') return cache
  return null
}

/** Two buffers of the fused experts: the wider of gate-and-up and output, and the product between them. */
const workspaceBytesPerToken = (model: Model, tensorParallel: number): number => {
  // The kernels of MXFP4 experts work in place of the two buffers.
  if (model.experts === 0 || model.shape.stored.precision === 'mxfp4') return 0
  const inner = model.expertFeedForward / tensorParallel
  const wide = Math.max(2 * inner, model.hidden)
  return model.expertsPerToken * (wide + inner) * 2 + 2 * model.hidden
}

/**
 * The encoder's peak over the largest input that one step may bring. Qwen's towers read up to 16,384 tokens of four
 * patches at about 32 bytes a patch and channel, whatever the step: 2.51 GiB for Qwen2.5-VL-72B on V0 (vLLM issue 16570,
 * 2025-04-15), 2.49 for MiMo-VL-7B, 1.66 for Qwen3.8-27B over two accelerators, which divide half of it. Gemma 3 reads
 * sixteen patches a token of the step at 28: 3.89 to 3.99 GiB for 8,192 tokens (llm-d report, 2026-04). Others: four
 * patches a token at 28, assumed.
 */
const visionPeakBytes = (model: Model, tokens: number, options: ActivationOptions): number => {
  const width = visionWidth(model)
  if (width === 0) return 0
  if (measuresLongVideo(model, options)) return longVideoTokens * (8 * model.hidden + 16 * width)
  if (/qwen|mimo/i.test(`${model.architecture} ${model.name}`))
    return 4 * 16_384 * picturesOfVideo(options) * width * (16 + 16 / options.tensorParallel)
  return (/gemma-?3/i.test(`${model.architecture} ${model.name}`) ? 16 : 4) * tokens * width * 28
}

/**
 * Qwen3-VL in 0.11: a video of 153,600 tokens whatever max-model-len, of which its outputs for four layers of the model
 * weigh most: 5.1 GiB of Qwen3-VL-30B (a public report, 2025-10-21), 7.1 of 235B over eight (QwenLM/Qwen3-VL issue 1684).
 */
const longVideoTokens = 153_600

const measuresLongVideo = ({ architecture }: Model, { version, isV0 }: ActivationOptions): boolean =>
  !isV0 && version < 12 && /^Qwen3VL/.test(architecture)

/**
 * Pictures of the video that V1 measured Qwen2.5-VL with until 0.12: as many of the largest (16,384 tokens for two frames)
 * as max-model-len holds, at most eight (`get_num_frames_with_most_features` of vllm/model_executor/models/qwen2_vl.py,
 * `_MAX_FRAMES_PER_VIDEO` = 16). The 3B model at 128,000 tokens left nothing of 23.7 GiB (issue 18124, 2025-05-14).
 */
const picturesOfVideo = ({ version, isV0, maxModelLen }: ActivationOptions): number =>
  isV0 || version >= 12 ? 1 : Math.max(1, Math.min(8, Math.floor(maxModelLen / 16_384)))

/** Channels of the tower: those its patches are put into, else by its size (12 x width^2 a layer, 27 layers). */
const visionWidth = ({ shape: { vision } }: Model): number => {
  const patches = vision.find(({ module, rows }) => rows > 0 && /patch/i.test(module))
  if (patches && patches.rows <= 8192) return patches.rows
  return Math.sqrt(vision.reduce((sum, { parameters }) => sum + parameters, 0) / (12 * 27))
}
