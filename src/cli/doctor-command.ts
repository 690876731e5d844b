// `doctor`: what this machine has, what of it the product can use, and what is missing.

import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type CpuRates, cpuAccelerator, type LocalRates } from '../planner/index.js'
import { v8Flags } from '../supervisor/index.js'
import { createLogger } from '../telemetry/index.js'
import { checkProvidersHere, type ProviderCheck } from './check-providers.js'
import type { CommandContext } from './command-context.js'
import { cpuRates } from './machine/cpu-rates.js'
import { localRates } from './machine/local-rates.js'
import { readMachineFacts } from './machine/machine-facts.js'
import { cpuText, measuringText, ratesText } from './machine/measuring-text.js'
import { optionalEngines } from './optional-engines/engine-table.js'
import { fixEngines } from './optional-engines/fix-engines.js'
import { listEngines, listText } from './optional-engines/list-engines.js'
import { packageFile } from './package-file.js'
import { stateDirectoryName } from './project.js'
import { productVersion } from './version.js'

interface Check {
  readonly id:
    | 'node'
    | 'flags'
    | 'cores'
    | 'memory'
    | 'build'
    | 'accelerators'
    | 'rates'
    | 'cpu'
    | 'engines'
    | 'keys'
    | 'providers'
  readonly ok: boolean
  readonly detail: string
}

interface DoctorOptions {
  readonly measure?: boolean
  /** Optional engines to install; true where none is named. */
  readonly fix?: readonly string[] | true
}

export const registerDoctor = (program: Command, context: CommandContext): void => {
  program
    .command('doctor')
    .description(context.text('Say what this machine has and what is missing', '檢查這台機器有什麼、缺什麼'))
    .option(
      '--measure',
      context.text(
        'measure how fast this machine runs models; predictions of `design` use it',
        '量測這台機器執行模型的速度，供 design 預測使用',
      ),
    )
    .option(
      '--fix [engines...]',
      context.text(
        `install optional engines, or list them: ${optionalEngines.map(({ name }) => name).join(', ')}`,
        `安裝選用的引擎；未指定名稱時列出：${optionalEngines.map(({ name }) => name).join('、')}`,
      ),
    )
    .action(async ({ measure = false, fix = [] }: DoctorOptions) => {
      const terminal = context.terminal()
      if (fix === true) {
        const engines = listEngines('.', context.environment)
        terminal.result({ engines }, () => listText(engines, context))
        return
      }
      const installed = await fixEngines(fix, context, '.')
      const facts = await readMachineFacts(context.environment)
      const measured = measure ? await measureNow(context) : undefined
      const machine = measured
        ? { ...facts, ...measured, accelerator: acceleratorOf(facts, measured) }
        : facts
      const providers = await checkProvidersHere(context.environment)
      const checks = [
        ...checksOf(machine, context),
        ...providers.map((provider) => checkOfProvider(provider, terminal.render)),
      ]
      const failed = checks.some(({ ok }) => !ok)
      terminal.result({ version: productVersion(), machine, checks, installed }, () =>
        [
          `llm-architect ${productVersion()}`,
          ...checks.map(({ ok, detail }) => `  ${ok ? '✓' : '✗'} ${detail}`),
          ...installed.map(
            ({ engine, seconds }) =>
              `  ✓ ${context.text(`${engine} is installed (${seconds} s)`, `${engine} 已安裝（${seconds} 秒）`)}`,
          ),
        ].join('\n'),
      )
      context.exitWith(failed ? 1 : 0)
    })
}

/** What the architecture in this folder needs installed. */
const checkOfProvider = (
  { deployment, package: name, version, specification, problem }: ProviderCheck,
  render: ReturnType<CommandContext['terminal']>['render'],
): Check => ({
  id: 'providers',
  ok: !problem,
  detail: problem ? render(problem) : `${deployment}: ${name} ${version} (${specification})`,
})

interface Measured {
  readonly localRates: LocalRates
  readonly cpu: CpuRates
}

const measureNow = async (context: CommandContext): Promise<Measured> => {
  const terminal = context.terminal()
  const { environment, signal } = context
  const stateDirectory = resolve(stateDirectoryName)
  const rates = await localRates({
    environment,
    stateDirectory,
    log: createLogger({ level: 'warn', stream: process.stderr }),
    isFresh: true,
    signal,
    onMeasure: () => terminal.note(measuringText(context.text)),
  })
  return {
    localRates: rates,
    cpu: await cpuRates({ environment, stateDirectory, localRates: rates, signal }),
  }
}

/** The processor as the planner describes accelerators; 32-bit floats, as vLLM is started on it. */
const acceleratorOf = (facts: Awaited<ReturnType<typeof readMachineFacts>>, { cpu }: Measured) =>
  cpuAccelerator({
    cpuModel: facts.cpuModel,
    memoryGiB: facts.memoryGiB,
    rates: cpu,
    bytesPerNumber: 4,
  })

const checksOf = (
  machine: Awaited<ReturnType<typeof readMachineFacts>> & {
    readonly localRates?: LocalRates
    readonly cpu?: CpuRates
  },
  { text }: CommandContext,
): Check[] => [
  { id: 'node', ok: isSupportedNode(process.versions.node), detail: `Node ${process.versions.node}` },
  {
    id: 'flags',
    ok: v8Flags.every((flag) => process.execArgv.includes(flag)),
    detail: text(
      `V8 flags: ${process.execArgv.join(' ') || 'none'}`,
      `V8 旗標：${process.execArgv.join(' ') || '無'}`,
    ),
  },
  {
    id: 'cores',
    ok: machine.cores >= 2,
    detail: text(
      `${machine.cores} cores (${machine.cpuModel}; ${machine.instructionSets.join(', ') || 'no vector extensions'}), speed ${machine.speedScore} of the reference core`,
      `${machine.cores} 核心（${machine.cpuModel}；${machine.instructionSets.join('、') || '無向量指令集'}），速度為參考核心的 ${machine.speedScore} 倍`,
    ),
  },
  {
    id: 'memory',
    ok: machine.freeMemoryGiB >= 1.5,
    detail: text(
      `${machine.memoryGiB} GiB memory, ${machine.freeMemoryGiB} free`,
      `記憶體 ${machine.memoryGiB} GiB，可用 ${machine.freeMemoryGiB}`,
    ),
  },
  {
    id: 'build',
    ok: isReadable(packageFile('dist/bundle/database.js')),
    detail: text('child processes are built', '子程序已建置'),
  },
  {
    id: 'accelerators',
    ok: true,
    detail:
      machine.accelerators.length === 0
        ? text('no GPU (nvidia-smi and rocm-smi show none)', '沒有 GPU（nvidia-smi 與 rocm-smi 均未列出）')
        : machine.accelerators
            .map(({ name, memoryGiB, driver }) =>
              text(
                `GPU: ${name}, ${memoryGiB} GiB${driver ? `, driver ${driver}` : ''}`,
                `GPU：${name}，${memoryGiB} GiB${driver ? `，驅動程式 ${driver}` : ''}`,
              ),
            )
            .join('; '),
  },
  ...(machine.localRates
    ? [{ id: 'rates' as const, ok: true, detail: ratesText(machine.localRates, text) }]
    : []),
  ...(machine.cpu ? [{ id: 'cpu' as const, ok: true, detail: cpuText(machine.cpu, text) }] : []),
  {
    id: 'engines',
    ok: true,
    detail:
      machine.engines.length === 0
        ? text(
            'no engine answers on its usual local address; the built-in ones serve',
            '本機沒有其他推論引擎；將使用內建引擎',
          )
        : machine.engines
            .map(({ name, address, models }) => `${name} ${address} (${models.join(', ')})`)
            .join('; '),
  },
  {
    id: 'keys',
    ok: true,
    detail: text(
      `keys in the environment: ${machine.apiKeys.join(', ') || 'none'} (never used unasked)`,
      `環境變數中的金鑰：${machine.apiKeys.join('、') || '無'}（未經指定不會使用）`,
    ),
  },
]

const isSupportedNode = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major === 22 && minor >= 19) || major === 24 || major >= 26
}

const isReadable = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    // The check that fails says so.
    return false
  }
}
