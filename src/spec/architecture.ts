// The schema of architecture.yaml: how the system is built. A secret never stands in it, only its place.

import { z } from 'zod'
import { breaker, deploymentLimits, drainCap, onDisconnect, retry } from './resilience.js'

const id = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i)
/** `${env:NAME}` or `${file:PATH}`; resolved by cli/, never stored. */
const secret = z.string().regex(/^\$\{(env|file):[^}]+\}$/)

/** US dollars per million tokens. */
const tokenPrice = z.strictObject({
  input: z.number().nonnegative(),
  cachedInput: z.number().nonnegative().optional(),
  cacheWrite: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
})

/** The APIs that servers of chat models speak. */
export const dialectSchema = z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'])

/**
 * Where a server differs from the dialect it speaks. What is not said here is as the catalogue knows it of the
 * `provider` or the engine, otherwise as the dialect says. docs/engines.md has examples and sources.
 */
export const quirksSchema = z.strictObject({
  /** The header that carries the key; `authorization` as a bearer token. Default: that of the dialect. */
  keyHeader: z.enum(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']).optional(),
  /** Sent as the query `api-version`; Azure's addresses with /openai/deployments in them want it. */
  apiVersion: z.string().min(1).optional(),
  /** The model stands in the path: `/deployments/MODEL` is added to the address. */
  modelInPath: z.boolean().optional(),
  /** Is sent no `stream_options`: usage is what it tells unasked, or an estimate. */
  noStreamUsage: z.boolean().optional(),
  /** The one field it reads a limit from. */
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** Knows no `developer` role. */
  developerAsSystem: z.boolean().optional(),
  /** What it calls `seed`. */
  seedField: z.enum(['seed', 'random_seed']).optional(),
  /** Where it reads the reasoning of earlier turns; `none`: it refuses them, and gets none. */
  reasoningField: z.enum(['reasoning_content', 'reasoning', 'none']).optional(),
  /** `alphanumeric-9`: takes only tool call ids of nine letters and digits; others are given such a one. */
  toolCallIds: z.enum(['any', 'alphanumeric-9']).optional(),
  /** Fields it does not know or does not obey, such as n, parallel_tool_calls or strict: a request with one is refused. */
  unsupported: z.array(z.string().min(1)).optional(),
  /** Embeds texts only, no lists of token ids. */
  noTokenInput: z.boolean().optional(),
})

/** A model trained for one task. It answers by calling one tool, and is asked where the request offers that tool. */
const task = z.strictObject({
  tool: z.string().min(1),
  /** Arguments of the call by which it says that the question is none of its business. */
  outOfScope: z.record(z.string(), z.json()).optional(),
})

/** What a deployment does. A route's deployments are all of one kind, which is the endpoint that serves the route. */
const deploymentKind = z.enum(['chat', 'embedding', 'rerank'])

const deployment = z.strictObject({
  id,
  kind: deploymentKind.default('chat'),
  /** The engine that answers: a wire dialect at `address`, or a built-in or plug-in engine. */
  engine: z.string(),
  /** The API to speak to the server at `address`, where it has several. Default: the engine's or the provider's own. */
  dialect: dialectSchema.optional(),
  /** The model's name as the engine knows it. */
  model: z.string(),
  address: z.url().optional(),
  key: secret.optional(),
  /** Further keys, in the order in which they are used: when one is at its limit or refused, the next takes over. */
  apiKeys: z.array(secret).min(1).max(100).optional(),
  /** Command line that `serve` starts and supervises; the address is where it will answer. */
  launch: z
    .strictObject({
      command: z.array(z.string()).min(1),
      /** Added to the engine's environment; a value may be `${env:NAME}` or `${file:PATH}`. */
      env: z.record(z.string(), z.string()).default({}),
      /** Triton: models that its `--model-repository` is written for before the start, each a folder of weights by name. */
      models: z.record(id, z.string()).optional(),
      /** How long the engine may load before its start counts as failed. */
      readyTimeoutSeconds: z.number().positive().max(86_400).default(600),
    })
    .optional(),
  /** Accelerators of one replica, and how many replicas. */
  hardware: z
    .strictObject({
      accelerator: z.string(),
      count: z.int().positive(),
      replicas: z.int().positive().default(1),
      quantization: z.string(),
      tensorParallel: z.int().positive().default(1),
      pipelineParallel: z.int().positive().default(1),
      /** The deployment on whose accelerators it runs: `serve` starts what shares some one after the other. */
      sharesWith: id.optional(),
      /** Share of each accelerator's memory that its engine is told to take; those of a group add up to 1 at most. */
      memoryShare: z.number().positive().max(1).optional(),
    })
    .optional(),
  /** What this deployment stands for when it is smaller than the design asks: shown wherever it is measured. */
  standsFor: z.string().optional(),
  contextLength: z.int().positive().default(8192),
  /** Languages it answers in, as BCP 47 tags; empty when it answers in any. */
  languages: z.array(z.string()).default([]),
  task: task.optional(),
  /** Price of its tokens; without it the catalogue's price of `model` by `provider`, or nothing for built-in engines. */
  price: tokenPrice.optional(),
  /** Whose API it is: its prices, and what is known of where it differs (azure, deepseek, groq, mistral, ...). */
  provider: z.string().optional(),
  quirks: quirksSchema.default({}),
  timeouts: z
    .strictObject({
      connectMs: z.number().positive().default(5_000),
      firstContentMs: z.number().positive().default(60_000),
      idleMs: z.number().positive().default(60_000),
    })
    .prefault({}),
  retry: retry.prefault({}),
  breaker: breaker.prefault({}),
  limits: deploymentLimits.prefault({}),
  /** Passed to the engine as it is. */
  options: z.record(z.string(), z.unknown()).default({}),
})

/** How a route answers: a tree, read from the outside in. */
export type Strategy =
  | { deployment: string }
  | { fallback: Strategy[] }
  | { weighted: { weight: number; strategy: Strategy }[] }
  | { cascade: { strategies: Strategy[]; escalateBelow: number } }
  | { hedge: { strategies: Strategy[]; afterMs: number } }
  | { ensemble: { strategies: Strategy[]; vote: 'majority' } }

const strategy: z.ZodType<Strategy> = z.lazy(() =>
  z.union([
    z.strictObject({ deployment: id }),
    z.strictObject({ fallback: z.array(strategy).min(1) }),
    z.strictObject({ weighted: z.array(z.strictObject({ weight: z.number().positive(), strategy })).min(1) }),
    z.strictObject({
      cascade: z.strictObject({
        strategies: z.array(strategy).min(2),
        /** Probability of an answer's least certain token, below which the next strategy is asked. */
        escalateBelow: z.number().min(0).max(1),
      }),
    }),
    z.strictObject({
      hedge: z.strictObject({ strategies: z.array(strategy).min(2), afterMs: z.number().positive() }),
    }),
    z.strictObject({
      ensemble: z.strictObject({ strategies: z.array(strategy).min(2), vote: z.literal('majority') }),
    }),
  ]),
)

const route = z.strictObject({
  /** The model name that clients ask for. */
  name: id,
  strategy,
  knowledge: id.optional(),
  prompt: id.optional(),
  guardrails: id.optional(),
  /** Limit of a whole request, retries, queues and fallbacks included; a client may ask for less. */
  timeoutMs: z.number().positive().default(600_000),
  /** `drain` reads on when the client has left, up to `drainCap`; `abort` ends the call of the engine at once. */
  onDisconnect: onDisconnect.optional(),
  drainCap: drainCap.optional(),
  cache: z
    .strictObject({
      ttlSeconds: z.number().positive().default(3600),
      maxEntries: z.int().positive().default(10_000),
    })
    .optional(),
})

const knowledge = z.strictObject({
  id,
  /** Folder of documents, relative to the file. */
  source: z.string(),
  /** Groups that may read it; `public` = every caller. */
  access: z.array(z.string()).min(1).default(['public']),
  tenant: z.string().default('default'),
  chunkTokens: z.int().positive().default(256),
  topK: z.int().positive().max(100).default(6),
  /**
   * Vectors for the dense arm, from a deployment of kind `embedding` or from an OpenAI-compatible endpoint (`address`
   * and `model`); without it the lexical arm answers alone.
   */
  embeddings: z
    .strictObject({
      deployment: id.optional(),
      address: z.url().optional(),
      model: z.string().optional(),
      key: secret.optional(),
      dimensions: z.int().positive(),
      /** Says `input_type` `query` or `document` in each call, for models that embed the two differently. */
      inputType: z.boolean().default(false),
    })
    .optional(),
  /**
   * Scores the first passages again, by a deployment of kind `rerank` or a rerank endpoint (`address` and `model`).
   * While it does not answer in time, passages stay in the order in which they were found.
   */
  rerank: z
    .strictObject({
      deployment: id.optional(),
      address: z.url().optional(),
      model: z.string().optional(),
      key: secret.optional(),
      /** How the endpoint names things: `jina` as vLLM, llama-server and Cohere do, `tei` as text-embeddings-inference. */
      api: z.enum(['jina', 'tei']).default('jina'),
      /** How many passages are scored; never fewer than a search asks for. */
      topN: z.int().positive().max(100).default(20),
      timeoutMs: z.number().positive().default(1_000),
    })
    .optional(),
})

const prompt = z.strictObject({
  id,
  version: z.string().default('1'),
  /** Instructions by language; `{{context}}` is where retrieved passages go. */
  system: z.strictObject({ en: z.string(), 'zh-TW': z.string().optional() }),
})

const detectorAction = z.enum(['off', 'observe', 'redact', 'block'])
const guardrails = z.strictObject({
  id,
  version: z.string().default('1'),
  input: z
    .strictObject({
      personalData: detectorAction.default('redact'),
      secrets: detectorAction.default('redact'),
      injection: detectorAction.default('block'),
    })
    .prefault({}),
  /** Retrieved text, before it enters the prompt. */
  context: z
    .strictObject({ injection: detectorAction.default('redact'), secrets: detectorAction.default('redact') })
    .prefault({}),
  output: z
    .strictObject({
      personalData: detectorAction.default('redact'),
      secrets: detectorAction.default('redact'),
    })
    .prefault({}),
  /** Detectors of plug-ins, by name. */
  detectors: z.record(z.string(), detectorAction).default({}),
})

const limits = z.strictObject({
  /** Defaults for a key that names none of its own; 0 = no limit. */
  requestsPerMinute: z.int().nonnegative().default(0),
  tokensPerMinute: z.int().nonnegative().default(0),
  monthlyBudgetUsd: z.number().nonnegative().default(0),
  maxBodyBytes: z
    .int()
    .positive()
    .default(10 * 1024 * 1024),
})

const responses = z.strictObject({
  /** How many days a response of /v1/responses can be asked for and continued; then it is deleted. */
  retentionDays: z.number().positive().max(36_500).default(30),
  /** How many responses of one key may run in the background (`background: true`) at a time. */
  maxBackground: z.int().positive().max(1000).default(16),
})

const telemetry = z.strictObject({
  /** Spans, sent to a collector by OTLP/HTTP. OpenTelemetry's own environment variables (OTEL_...) win over these. */
  traces: z
    .strictObject({
      /** Address of the collector, such as http://127.0.0.1:4318; `/v1/traces` is added. Without one nothing is traced. */
      endpoint: z.url().optional(),
      /** Headers of each export; each value is `${env:NAME}` or `${file:PATH}`. */
      headers: z.record(z.string(), secret).default({}),
      /** Share of requests that are traced, where the client's own trace does not say. */
      sampleRatio: z.number().min(0).max(1).default(1),
      /** Whether texts of prompts and answers stand in spans, as the guardrails leave them. */
      captureContent: z.boolean().default(false),
    })
    .prefault({}),
})

/** What clients leave by /v1/files, and what batches leave for them. */
const files = z.strictObject({
  maxFileBytes: z
    .int()
    .positive()
    .default(100 * 1024 * 1024),
  /** How large the files of one tenant may be together. */
  maxTenantBytes: z
    .int()
    .positive()
    .default(1024 * 1024 * 1024),
})

const batches = z.strictObject({
  /** How many requests of all batches together are under way; the rest of the capacity is left to those who wait. */
  concurrency: z.int().min(1).max(256).default(2),
  maxRequests: z.int().positive().max(100_000).default(50_000),
  /** Share of the limits per minute of a key that its batches may use; the rest is left to its clients. */
  minuteShare: z.number().positive().max(1).default(0.5),
  /** How many days a batch, and the results of one without files, can be asked for; then it is deleted. */
  retentionDays: z.number().positive().max(36_500).default(30),
})

/** The log of who asked or changed what and how it ended, in a signed hash chain. */
const audit = z.strictObject({
  enabled: z.boolean().default(true),
  /** How many days entries are kept; whole files of older ones are removed, and the log says so. */
  retentionDays: z.number().positive().max(36_500).default(365),
})

/** Scheme, host and port as a browser sends them, without a path. */
const origin = z.string().regex(/^(\*|https?:\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d+)?)$/)

const server = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8700),
  /** Without keys a caller on loopback is served as tenant `default`; a public address always needs keys. */
  requireKeys: z.boolean().default(false),
  drainSeconds: z.number().nonnegative().default(30),
  /** Web pages that may read answers, by their origin as browsers send it; `*` for all. Default: none may. */
  cors: z.strictObject({ origins: z.array(origin).min(1) }).optional(),
})

export const architectureSchema = z.strictObject({
  version: z.literal(1),
  name: id,
  /** Hash of the requirements this was designed from, and of this file as it was generated. */
  requirementsHash: z.string().optional(),
  generatedHash: z.string().optional(),
  server: server.prefault({}),
  /** PostgreSQL address; without it the embedded database. */
  store: z.strictObject({ url: secret.optional() }).prefault({}),
  deployments: z.array(deployment).min(1),
  routes: z.array(route).min(1),
  knowledge: z.array(knowledge).default([]),
  prompts: z.array(prompt).default([]),
  guardrails: z.array(guardrails).default([]),
  limits: limits.prefault({}),
  responses: responses.prefault({}),
  telemetry: telemetry.prefault({}),
  files: files.prefault({}),
  batches: batches.prefault({}),
  audit: audit.prefault({}),
  /** Modules loaded through `definePlugin`, relative to the file or by package name. */
  plugins: z.array(z.string()).default([]),
})

/** architecture.yaml, checked, with its defaults filled in. */
export type Architecture = z.infer<typeof architectureSchema>
export type Deployment = z.infer<typeof deployment>
export type Quirks = z.infer<typeof quirksSchema>
export type DeploymentKind = z.infer<typeof deploymentKind>
export type Route = z.infer<typeof route>
export type KnowledgeBase = z.infer<typeof knowledge>
export type PromptDefinition = z.infer<typeof prompt>
export type GuardrailPolicy = z.infer<typeof guardrails>
export type DetectorAction = z.infer<typeof detectorAction>
export type TokenPrice = z.infer<typeof tokenPrice>
