// The schema of requirements.yaml: what the system must do. Says nothing of how.

import { z } from 'zod'

/**
 * Each number has an upper end that no published system comes near (the longest context read so far is 10 million
 * tokens): beyond it the figures of a design would be nonsense, and the number a slip.
 */
const upTo = (most: number) => z.number().positive().max(most)
const countUpTo = (most: number) => z.int().positive().max(most)
const tokens = upTo(10_000_000)
const rate = upTo(1e6)
const share = z.number().min(0).max(1)

export const useCaseKinds = ['rag-qa', 'chat', 'extraction', 'coding', 'agent', 'classification'] as const

/** Something the client's software does on its own once it knows what was asked for. */
const task = z.strictObject({
  /** Also the folder of the model trained for it: `models/ID` beside requirements.yaml. */
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: z.string().min(1),
  /** The tool that clients offer; a call of it is the answer. */
  tool: z.string().min(1),
})

const knowledge = z.strictObject({
  /** Folder of documents, relative to requirements.yaml. */
  source: z.string(),
  documents: countUpTo(1e10).optional(),
  /** Mean length of a document. */
  tokensPerDocument: upTo(1e8).optional(),
  /** Share of the documents that is new or changed each month. */
  changedPerMonthShare: z.number().nonnegative().max(100).default(0),
  /** Days until all of them must be searchable; asks for embeddings. */
  ingestDays: upTo(3650).optional(),
  /** Vectors for search by meaning: of an encoder of about 20 or 300 million weights. Default none, or small with `ingestDays`. */
  embeddings: z.enum(['none', 'small', 'large']).optional(),
  /** The best passages are scored again by a cross-encoder. */
  rerank: z.boolean().default(false),
})

const useCase = z.strictObject({
  kind: z.enum(useCaseKinds),
  description: z.string().min(1),
  /** BCP 47 tags of the people who ask. */
  languages: z.array(z.string()).min(1).default(['en']),
  audience: z.enum(['internal', 'external']).default('external'),
  /** What happens when an answer is wrong; drives the risk register. */
  harmOfWrongAnswer: z.enum(['low', 'medium', 'high']).default('medium'),
  knowledge: knowledge.optional(),
  /** Examples that a model could be tuned on. */
  trainingExamples: countUpTo(1e9).optional(),
  /** Tasks that need no talk, only the right call of a tool: a small model of its own may do each. */
  tasks: z.array(task).default([]),
})

/** Token counts of one request. A number stands for its median. */
const lengths = z.strictObject({
  /** The whole prompt as the engine sees it: instructions, retrieved passages, history and question. */
  inputTokens: z.strictObject({ p50: tokens, p95: tokens }),
  outputTokens: z.strictObject({ p50: tokens, p95: tokens }),
  /** The part of the prompt that is the same in every request. */
  sharedPrefixTokens: z.number().nonnegative().max(10_000_000).default(0),
  /** Hidden tokens that a reasoning model writes before the answer; they are paid as output. */
  reasoningTokens: z.strictObject({ p50: tokens, p95: tokens }).optional(),
})

/** The conditions under which a latency or a speed is promised. Without them a number means nothing. */
const conditions = z.strictObject({
  load: z.union([
    z.enum(['peak', 'average']),
    z.strictObject({ requestsPerSecond: rate }),
    z.strictObject({ concurrency: countUpTo(1e6) }),
  ]),
  /** `workload` = the lengths of `scale.lengths`. */
  lengths: z.union([z.literal('workload'), z.strictObject({ inputTokens: tokens, outputTokens: tokens })]),
  /** State of the engine's prefix cache and of the answer cache. */
  cache: z.enum(['cold', 'warm']),
})

/**
 * `ttft` time to first token and `e2e` time to the last one, both from the scheduled arrival; `tpot` time per
 * output token after the first; `outputTokensPerSecond` per user; `systemOutputTokensPerSecond` of all.
 */
export const speedMetrics = [
  'ttft',
  'e2e',
  'tpot',
  'outputTokensPerSecond',
  'systemOutputTokensPerSecond',
] as const

export const speedTargetSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  metric: z.enum(speedMetrics),
  /** Percentile in (0, 100); of a speed, the share of requests that are at least this fast. */
  percentile: z.number().gt(0).lt(100).default(95),
  op: z.enum(['<', '<=', '>', '>=']),
  value: upTo(1e9),
  unit: z.enum(['ms', 's', 'tokens/s']),
  ...conditions.shape,
})

export const qualityMetrics = [
  'answer-accuracy',
  'retrieval-ndcg@10',
  'retrieval-recall@10',
  'unanswerable-refused',
  'citations-valid',
  'attacks-caught',
  'harmless-flagged',
  'task-accuracy',
  'escalated',
] as const

const qualityTarget = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  metric: z.enum(qualityMetrics),
  op: z.enum(['<', '<=', '>', '>=']),
  value: share,
  /** A file, relative to requirements.yaml, or `builtin:NAME` for one of the product's own. */
  suite: z.string(),
  /** So many rows of the suite, drawn evenly by a fixed seed; default all. */
  sample: countUpTo(1e9).optional(),
  /** Of `task-accuracy` and `escalated`: the task by its id; default the first. */
  task: z.string().optional(),
})

const quality = z.strictObject({
  targets: z.array(qualityTarget).default([]),
  /** Times a month that all suites are run. */
  evalRunsPerMonth: z.number().nonnegative().max(1e5).default(0),
  /** Share of live requests that is also sent to a model on trial. */
  shadowShare: share.default(0),
})

const scale = z.strictObject({
  peakRequestsPerSecond: rate,
  /** Load of each hour of the day relative to the peak, 24 numbers in [0, 1] with the largest 1. */
  dailyCurve: z.array(share).length(24).optional(),
  /** Load of each day of the week relative to the busiest, Monday first, 7 numbers in [0, 1] with the largest 1. */
  weeklyCurve: z.array(share).length(7).optional(),
  timeZone: z.string().default('UTC'),
  lengths,
  /** Share of requests repeated word for word within the cache's lifetime. */
  repeatedShare: share.default(0),
  /** Share of the other requests whose meaning was asked before, as measured by a semantic cache. */
  semanticRepeatedShare: share.default(0),
  /** Share of requests whose answer may take a day. */
  deferrableShare: share.default(0),
  /** A smaller model that answers first, and the share of its answers that the main model gives again. */
  cascade: z
    .strictObject({
      model: z.string(),
      escalatedShare: share,
      /** The probability of an answer's least certain token, below which it was given again when the share was measured. */
      escalateBelow: share.optional(),
      /** What your own suites gave both models together, the small one first. */
      evals: z
        .array(z.strictObject({ metric: z.enum(qualityMetrics), suite: z.string(), value: share }))
        .default([]),
    })
    .optional(),
  /** Traffic a year from now relative to today. */
  growthPerYear: upTo(1000).default(1),
})

const availability = z.strictObject({
  /** Share of requests answered, in percent. */
  percent: z.number().gt(0).lt(100).default(99.5),
  regions: countUpTo(100).default(1),
  /** Requests keep being answered when one replica fails. */
  survivesReplicaLoss: z.boolean().default(true),
  /** Replicas in each region that run whatever the load. */
  minReplicas: z.int().nonnegative().max(1e5).default(1),
  /** In hours without any load nothing runs; the first request then waits for a replica to start. */
  scaleToZero: z.boolean().default(false),
})

const safety = z.strictObject({
  /** Personal data that must neither reach a model nor leave in an answer. */
  personalData: z.enum(['allow', 'redact', 'block']).default('redact'),
  promptInjection: z.enum(['allow', 'block']).default('block'),
  secrets: z.enum(['allow', 'redact', 'block']).default('redact'),
  /** An answer must cite the documents, or say that they do not contain it. */
  groundedAnswers: z.boolean().default(false),
  audit: z.boolean().default(false),
  /** Size of a model that reads every prompt and answer beside the built-in detectors, billions of parameters. */
  guardModelParametersB: upTo(1e4).optional(),
  regulations: z.array(z.string()).default([]),
  targets: z.array(qualityTarget).default([]),
})

const ownedHardware = z.strictObject({
  /** A name of the catalogue; any name for a chip that the three figures below describe. */
  accelerator: z.string(),
  count: countUpTo(1e6),
  /** Memory that a model may take: of a processor, what its host leaves. Goes before the catalogue's figure. */
  memoryGiB: upTo(1e5).optional(),
  /** Read bandwidth of that memory, as measured. */
  bandwidthGBps: upTo(1e6).optional(),
  /** Rate of matrix products in 16 bits or wider, as measured. */
  tflops: upTo(1e6).optional(),
})

const hosting = z.strictObject({
  allowed: z
    .array(z.enum(['self-hosted', 'hosted-api']))
    .min(1)
    .default(['self-hosted', 'hosted-api']),
  /** ISO 3166 codes or region names where data may be processed; empty = anywhere. */
  dataResidency: z.array(z.string()).default([]),
  /**
   * Where a provider processes, as its contract with you says, by its name in the design: `OpenAI: [EU]`. Goes before
   * what the catalogue knows.
   */
  processedIn: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  /** Hardware that exists already: a constraint, not a suggestion. */
  owned: z.array(ownedHardware).default([]),
  /** Use only what is owned. */
  ownedOnly: z.boolean().default(false),
  /** `reserved`: machines may be committed to for a term where that is cheaper. */
  commitment: z.enum(['none', 'reserved']).default('none'),
  /** Machines that the provider may take back at short notice may carry what exceeds the base. */
  spot: z.boolean().default(false),
  /** Time from the decision to start a replica to its first answer, as measured; default by formula. */
  startMinutes: upTo(10_080).optional(),
})

const budget = z.strictObject({
  monthlyUsd: upTo(1e12).optional(),
  usdPerMillionOutputTokens: upTo(1e6).optional(),
  /** Counts the power of owned accelerators, which otherwise cost nothing here. */
  electricity: z
    .strictObject({
      usdPerKwh: upTo(100),
      /** Power of the whole room over that of its machines; 1.56 was the mean of Uptime Institute's survey of 2024. */
      powerUsageEffectiveness: z.number().min(1).max(5).default(1.56),
    })
    .optional(),
})

/** What somebody's own suite gave a model. It goes before published scores. */
const ownEval = z.strictObject({
  /** By catalogue name, or `provider/model`. */
  model: z.string(),
  /** The precision it was measured in; default the widest. */
  precision: z
    .enum([
      'bf16',
      'fp8',
      'int8',
      'int4',
      'nvfp4',
      'mxfp4',
      'q8_0',
      'q6_k',
      'q5_k_m',
      'q4_k_m',
      'iq4_xs',
      'q4_0',
      'q3_k_m',
    ])
    .optional(),
  metric: z.enum(qualityMetrics).default('answer-accuracy'),
  /** As a quality target of the same metric names it. */
  suite: z.string(),
  value: share,
})

/** Speculative decoding, planned with only where its acceptance was measured: there is no usual factor. */
const speculation = z.strictObject({
  /** By catalogue name. */
  model: z.string(),
  /** `layer`: the model's own drafting layer (MTP, EAGLE); `ngram`: drafts copied from the text. */
  method: z.enum(['layer', 'ngram']),
  /** Tokens drafted in a step. */
  tokens: z.int().min(1).max(16),
  /** Probability that a drafted token is accepted, given that those before it were. */
  acceptance: z.number().gt(0).lt(1),
})

const models = z.strictObject({
  /** The least acceptable size of a general model, in billions of parameters, when nothing was measured. */
  minParametersB: upTo(1e5).optional(),
  /** Only these, by catalogue name. */
  allowed: z.array(z.string()).default([]),
  minContextTokens: countUpTo(1e8).optional(),
  licences: z.array(z.string()).default([]),
  evals: z.array(ownEval).default([]),
  speculation: z.array(speculation).default([]),
})

const integrations = z.array(
  z.strictObject({ kind: z.string(), name: z.string(), note: z.string().optional() }),
)

export const requirementsSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  useCase,
  performance: z.strictObject({ targets: z.array(speedTargetSchema).default([]) }),
  quality: quality.prefault({}),
  scale,
  availability: availability.prefault({}),
  safety: safety.prefault({}),
  hosting: hosting.prefault({}),
  models: models.prefault({}),
  budget: budget.prefault({}),
  integrations: integrations.default([]),
})

/** requirements.yaml, checked, with its defaults filled in. */
export type Requirements = z.infer<typeof requirementsSchema>
export type SpeedTarget = z.infer<typeof speedTargetSchema>
export type Task = z.infer<typeof task>
export type QualityTarget = z.infer<typeof qualityTarget>
export type Lengths = z.infer<typeof lengths>
