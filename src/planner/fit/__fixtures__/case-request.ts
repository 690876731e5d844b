// Requests for tests: the fields of a start-up log, or a few fields over plain defaults.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type Catalogue,
  furtherModel,
  loadCatalogue,
  lookUpFurtherModel,
  type Model,
  modelOfConfig,
  type Precision,
  readConfig,
} from '../../../catalog/index.js'
import { findCard } from '../../memory/engine-card.js'
import type { FitRequest } from '../fit-request.js'
import { modelOfSize } from '../model-of-size.js'

export const catalogue: Catalogue = loadCatalogue()

const read = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8')

const configs = JSON.parse(read('model-configs.json')) as Readonly<Record<string, unknown>>

const further = lookUpFurtherModel()

export const modelOf = (name: string): Model => {
  const config = configs[name]
  if (config) return modelOfConfig(readConfig(config), { name, date: '2026-11' })
  const other = further(name).found
  const found = other
    ? furtherModel(other)
    : (catalogue.lookUpModel(name).found ?? modelOfSize(name, catalogue))
  if (!found) throw new Error(`no model ${name}`)
  return found
}

export const cardOf = (name: string): FitRequest['card'] => {
  const { found } = findCard(name, catalogue)
  if (!found) throw new Error(`no card ${name}`)
  return found
}

/** 16-bit weights of one H100 under vLLM 0.19 unless told otherwise. */
export const requestOf = (model: Model, changes: Partial<FitRequest> = {}): FitRequest => ({
  model,
  precision: model.precision,
  card: cardOf('H100'),
  count: 1,
  engine: 'vllm',
  engineVersion: '0.19.0',
  kvDtype: 'auto',
  tensorParallel: 1,
  pipelineParallel: 1,
  dataParallel: 1,
  expertParallel: false,
  decodeContextParallel: 1,
  maxModelLen: 8192,
  gpuMemoryUtilization: undefined,
  maxNumSeqs: undefined,
  maxNumBatchedTokens: undefined,
  chunkedPrefill: undefined,
  enforceEager: false,
  prefixCaching: true,
  languageModelOnly: false,
  kvCacheMemoryBytes: undefined,
  blockSize: undefined,
  adapters: null,
  speculation: null,
  load: null,
  ...changes,
})

/** A start-up log that somebody published: what was started, and what the engine printed. */
export interface StartUpLog {
  readonly id: string
  readonly source: string
  readonly date: string
  /** false = listed, but not a test: `note` says what is missing or why the planner cannot know it. */
  readonly scored: boolean
  readonly note?: string
  /** Scored, and told wrongly whether it starts: why. */
  readonly missed?: string
  /** What was predicted before any rule was looked at again; absent = found while rules were made, or no answer. */
  readonly blind?: StartUpLog['printed']
  readonly case: {
    readonly model: string
    readonly gpu: string
    readonly count: number
    readonly engine: FitRequest['engine']
    readonly engineVersion: string
    readonly quantization?: string
    readonly kvDtype?: FitRequest['kvDtype']
    readonly kvFp8?: 'e4m3' | 'e5m2'
    readonly tp?: number
    readonly pp?: number
    readonly ep?: boolean
    /** Method of drafting. */
    readonly speculative?: string
    readonly maxModelLen?: number
    readonly gpuMemoryUtilization?: number
    readonly gpuMemoryGib?: number
    readonly maxNumSeqs?: number
    readonly maxNumBatchedTokens?: number
    readonly chunkedPrefill?: boolean
    readonly enforceEager?: boolean
    readonly blockSize?: number
  }
  readonly printed: {
    readonly fits: boolean
    readonly weightsGiB?: number
    readonly availableKvGiB?: number
    readonly kvTokens?: number
    readonly maxConcurrency?: number
  }
}

export const startUpLogs = (): readonly StartUpLog[] =>
  read('start-up-logs.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StartUpLog)

const precisions: Readonly<Record<string, Precision>> = {
  awq: 'int4',
  gptq: 'int4',
  int4: 'int4',
  fp8: 'fp8',
  int8: 'int8',
  nvfp4: 'nvfp4',
  q4_k_m: 'q4_k_m',
  q5_k_m: 'q5_k_m',
  q3_k_m: 'q3_k_m',
}

export const requestOfLog = ({ case: started }: StartUpLog): FitRequest => {
  const model = modelOf(started.model)
  const card = cardOf(started.gpu)
  return requestOf(model, {
    precision: precisions[started.quantization ?? ''] ?? model.precision,
    card: { ...card, memoryGiB: started.gpuMemoryGib ?? card.memoryGiB },
    count: started.count,
    engine: started.engine,
    engineVersion: started.engineVersion,
    kvDtype: started.kvDtype ?? 'auto',
    ...(started.kvFp8 ? { kvFp8: started.kvFp8 } : {}),
    expertParallel: started.ep ?? false,
    speculation: started.speculative ? { method: started.speculative, tokens: 3, acceptance: null } : null,
    tensorParallel: started.tp ?? 1,
    pipelineParallel: started.pp ?? 1,
    maxModelLen: started.maxModelLen ?? null,
    gpuMemoryUtilization: started.gpuMemoryUtilization,
    maxNumSeqs: started.maxNumSeqs,
    maxNumBatchedTokens: started.maxNumBatchedTokens,
    chunkedPrefill: started.chunkedPrefill,
    enforceEager: started.enforceEager ?? false,
    blockSize: started.blockSize,
  })
}
