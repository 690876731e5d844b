// The programs that serve models: how each is recognised in a command line, asked for its flags, probed and scraped.
// From the engines' own documentation. Knows no process.

import type { EngineName } from './engine-flags.js'

export type EngineKind = 'vllm' | 'sglang' | 'tgi' | 'llama.cpp' | 'triton'

export interface EngineProgram {
  readonly kind: EngineKind
  /** Last part of the word in the command line that names it. */
  readonly word: RegExp
  /** Answers 200 once requests are taken. */
  readonly readyPath: string
  /** Arguments after the program that make it list its flags. */
  readonly helpArguments: readonly string[]
  readonly versionArguments: readonly string[] | null
  readonly portFlags: readonly string[]
  /** Where its Prometheus text is when not on the port of the API. */
  readonly metricsPort?: { readonly flag: string; readonly initial: number }
  readonly install: string
  /** Its list in the catalogue; none for Triton, whose flags hardly change. */
  readonly flagsOf: EngineName | null
}

const programs: readonly EngineProgram[] = [
  {
    kind: 'vllm',
    word: /^vllm(\.entrypoints\.openai\.api_server)?$/,
    readyPath: '/health',
    helpArguments: ['serve', '--help=all'],
    versionArguments: ['--version'],
    portFlags: ['--port'],
    install: 'pip install vllm',
    flagsOf: 'vllm',
  },
  {
    kind: 'sglang',
    word: /^sglang\.launch_server$/,
    readyPath: '/health',
    helpArguments: ['--help'],
    versionArguments: null,
    portFlags: ['--port'],
    install: 'pip install "sglang[all]"',
    flagsOf: 'sglang',
  },
  {
    kind: 'tgi',
    word: /^text-generation-launcher$/,
    readyPath: '/health',
    helpArguments: ['--help'],
    versionArguments: ['--version'],
    portFlags: ['--port', '-p'],
    install:
      'docker run ghcr.io/huggingface/text-generation-inference, or build it from source as its README says',
    flagsOf: 'tgi',
  },
  {
    kind: 'llama.cpp',
    word: /^llama-server(\.exe)?$/,
    readyPath: '/health',
    helpArguments: ['--help'],
    versionArguments: ['--version'],
    portFlags: ['--port'],
    install: 'brew install llama.cpp, or a release of github.com/ggml-org/llama.cpp',
    flagsOf: 'llama.cpp',
  },
  {
    kind: 'triton',
    word: /^tritonserver$/,
    readyPath: '/v2/health/ready',
    helpArguments: ['--help'],
    versionArguments: null,
    portFlags: ['--http-port'],
    metricsPort: { flag: '--metrics-port', initial: 8002 },
    install: 'pip install nvidia-pytriton, which carries tritonserver',
    flagsOf: null,
  },
]

export interface FoundProgram {
  readonly program: EngineProgram
  /** The words that start the program without its arguments: one, or `python -m MODULE`. */
  readonly start: readonly string[]
  /** The words after them. */
  readonly rest: readonly string[]
}

/** The engine that a command line starts, also behind wrappers such as `mpirun -n 2` or `env NAME=VALUE`. */
export const programIn = (command: readonly string[]): FoundProgram | undefined => {
  for (const [index, word] of command.entries()) {
    const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
    const program = programs.find((known) => known.word.test(name))
    if (!program) continue
    const isModule = index >= 2 && command[index - 1] === '-m'
    const start = command.slice(isModule ? index - 2 : index, index + 1)
    return { program, start, rest: command.slice(index + 1) }
  }
  return undefined
}

/** The command that makes the engine list its flags. */
export const helpCommand = ({ program, start }: FoundProgram): readonly string[] => {
  const isModule = start.length > 1
  // The module behind `vllm serve` takes no subcommand and lists everything at once.
  return isModule ? [...start, '--help'] : [...start, ...program.helpArguments]
}

/** The value of a flag, as `--flag VALUE` or `--flag=VALUE`. */
export const flagValue = (command: readonly string[], flags: readonly string[]): string | undefined => {
  for (const [index, word] of command.entries()) {
    if (flags.includes(word)) return command[index + 1]
    const [name = '', ...value] = word.split('=')
    if (value.length > 0 && flags.includes(name)) return value.join('=')
  }
  return undefined
}
