// The command line that starts an engine as the design says, with flags that the engine's version has.

import {
  type Catalogue,
  checkFlags,
  type EngineName,
  engineOf,
  type FlagProblem,
} from '../../catalog/index.js'
import { engineBudget, type Layout } from '../memory/memory.js'
import type { Candidate } from '../search/report.js'

export interface LaunchCommand {
  readonly command: string[]
  /** The version whose flags the command was checked against. */
  readonly checkedAgainst: string
  /** Flags that version does not have; empty unless the catalogue changed under the design. */
  readonly problems: readonly FlagProblem[]
}

interface Launch {
  readonly candidate: Candidate
  readonly layout: Layout
  readonly catalogue: Catalogue
  /** Longest request, tokens. */
  readonly contextTokens: number
  /** Name the engine answers to. */
  readonly servedName: string
}

const port = '8000'

/** Context lengths are rounded up to 1,024 tokens, so that a slightly longer request is not refused. */
const roundedContext = (tokens: number) => String(Math.ceil(tokens / 1024) * 1024)

const builders: Readonly<Record<EngineName, (launch: Launch) => string[]>> = {
  vllm: ({ candidate, layout, contextTokens, servedName, catalogue }) => {
    const accelerator = catalogue.lookUpAccelerator(candidate.accelerator ?? '').found
    const budget = accelerator && engineBudget('vllm', accelerator)
    return [
      'vllm',
      'serve',
      candidate.checkpoint,
      '--served-model-name',
      servedName,
      '--host',
      '127.0.0.1',
      '--port',
      port,
      '--max-model-len',
      roundedContext(contextTokens),
      '--gpu-memory-utilization',
      String(budget?.utilisation ?? 0.92),
      '--max-num-seqs',
      String(Math.min(budget?.maxSequences ?? 256, candidate.memory?.maxSequences ?? 256)),
      '--enable-prefix-caching',
      ...parallel(layout, '--tensor-parallel-size', '--pipeline-parallel-size'),
      ...(candidate.build === 'on-load' ? ['--quantization', candidate.precision ?? 'fp8'] : []),
    ]
  },
  sglang: ({ candidate, layout, contextTokens, servedName }) => [
    'python',
    '-m',
    'sglang.launch_server',
    '--model-path',
    candidate.checkpoint,
    '--served-model-name',
    servedName,
    '--host',
    '127.0.0.1',
    '--port',
    port,
    '--context-length',
    roundedContext(contextTokens),
    '--max-running-requests',
    String(candidate.memory?.maxSequences ?? 256),
    ...parallel(layout, '--tensor-parallel-size', '--pipeline-parallel-size'),
    ...(candidate.build === 'on-load' ? ['--quantization', candidate.precision ?? 'fp8'] : []),
  ],
  tgi: ({ candidate, layout, contextTokens }) => [
    'text-generation-launcher',
    '--model-id',
    candidate.checkpoint,
    '--hostname',
    '127.0.0.1',
    '--port',
    port,
    '--num-shard',
    String(layout.tensorParallel),
    '--max-total-tokens',
    roundedContext(contextTokens),
    ...(candidate.build === 'on-load' ? ['--quantize', candidate.precision ?? 'fp8'] : []),
  ],
  // Triton reads a model repository; what the design decides goes into the backend's configuration by name.
  trtllm: ({ candidate, layout }) => [
    'mpirun',
    '-n',
    String(layout.tensorParallel * layout.pipelineParallel),
    'tritonserver',
    '--model-repository=/models',
    '--backend-config=tensorrtllm,kv_cache_free_gpu_mem_fraction=0.9',
    `--backend-config=tensorrtllm,triton_max_batch_size=${Math.min(1024, candidate.memory?.maxSequences ?? 256)}`,
  ],
  'llama.cpp': ({ candidate, contextTokens, servedName }) => {
    const slots = Math.max(1, Math.min(8, candidate.memory?.maxSequences ?? 1))
    return [
      'llama-server',
      '--model',
      `models/${candidate.model.replace(/^.*\//, '')}-${candidate.precision}.gguf`,
      '--alias',
      servedName,
      '--host',
      '127.0.0.1',
      '--port',
      port,
      '--ctx-size',
      String(Number(roundedContext(contextTokens)) * slots),
      '--parallel',
      String(slots),
      '--gpu-layers',
      '999',
    ]
  },
}

const parallel = ({ tensorParallel, pipelineParallel }: Layout, tensor: string, pipeline: string) => [
  ...(tensorParallel > 1 ? [tensor, String(tensorParallel)] : []),
  ...(pipelineParallel > 1 ? [pipeline, String(pipelineParallel)] : []),
]

/** Flags of Triton's backend stand inside `--backend-config=tensorrtllm,NAME=VALUE`. */
const flagsToCheck = (engine: EngineName, command: readonly string[]) =>
  engine === 'trtllm'
    ? command.flatMap((word) => /^--backend-config=tensorrtllm,(\w+)=/.exec(word)?.[1] ?? [])
    : command

export const launchCommand = (launch: Launch): LaunchCommand | null => {
  const name = launch.candidate.engine
  const engine = name === null ? undefined : engineOf(launch.catalogue, name)
  if (!engine) return null
  const command = builders[engine.name](launch)
  const words = flagsToCheck(engine.name, command)
  const problems =
    engine.name === 'trtllm'
      ? words
          .filter((word) => !engine.flags.some((flag) => flag.name === word))
          .map((flag): FlagProblem => ({ flag, kind: 'unknown' }))
      : checkFlags(engine, words)
  return { command, checkedAgainst: `${engine.name} ${engine.version}`, problems }
}
