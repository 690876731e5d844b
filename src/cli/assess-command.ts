// `assess`: what the requirements imply, contradict and leave open, before anything is designed; with --from also
// what traffic shows, alone or beside them.

import { existsSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type Command, Option } from 'commander'
import { type Catalogue, loadCatalogue } from '../catalog/index.js'
import { assess, compareTraffic, trafficFormats } from '../planner/index.js'
import { assessmentText } from './assessment-text.js'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { numberOption } from './option-values.js'
import { loadRequirements } from './project.js'
import { readTraffic } from './read-traffic.js'
import { scaleSection } from './scale-section.js'
import { readTaskModels } from './task-models.js'
import { pathOf } from './traffic-source.js'
import { comparisonText, sayIn, trafficText } from './traffic-text.js'

interface Options {
  readonly from?: string
  readonly format?: string
  readonly interval: number
  readonly write?: string
}

export const registerAssess = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('assess')
    .argument(
      '[requirements]',
      text(
        'requirements file (default: requirements.yaml; with --from alone: none)',
        '需求檔（預設 requirements.yaml；只用 --from 時不讀取）',
      ),
    )
    .description(
      text('Say what the requirements imply, contradict and leave open', '說明需求的含意、矛盾與缺漏'),
    )
    .option(
      '--from <path|url>',
      text(
        'derive the workload from a request log, a usage export, a trace or the /metrics of vLLM',
        '從請求記錄、用量匯出、軌跡或 vLLM 的 /metrics 推導工作負載',
      ),
    )
    .addOption(
      new Option(
        '--format <name>',
        text('format of --from, in place of what its content says', '--from 的格式，取代依內容判斷'),
      ).choices([...trafficFormats]),
    )
    .option(
      '--interval <seconds>',
      text('pause between the two readings of an address with metrics', '兩次讀取指標位址之間的間隔秒數'),
      numberOption(text, { option: '--interval', least: 0.1, most: 3600, whole: false }),
      10,
    )
    .option(
      '--write <file>',
      text(
        'write the scale section for requirements.yaml to a new file',
        '將 requirements.yaml 的 scale 區段寫入新檔案',
      ),
    )
    .action(async (file: string | undefined, options: Options) => {
      checkOptions(options, text)
      if (options.from === undefined) return assessRequirements(file ?? 'requirements.yaml', context)
      await assessTraffic(options.from, { ...options, file }, context)
    })
}

/** What a source is called in texts that are kept: no folders of this machine, and nothing secret of an address. */
const sourceName = (source: string): string => {
  if (!/^https?:/i.test(source) || !URL.canParse(source)) return basename(pathOf(source))
  const { origin, pathname } = new URL(source)
  return `${origin}${pathname}`
}

const checkOptions = ({ from, format, write }: Options, text: CommandContext['text']): void => {
  if (from === undefined && (format !== undefined || write !== undefined))
    throw cliError('cli.bad-argument', {
      detail: text('--format and --write need --from.', '--format 與 --write 需要搭配 --from。'),
    })
  if (write !== undefined && existsSync(write))
    throw cliError('cli.bad-argument', {
      detail: text(
        `${write} exists already; --write makes a new file.`,
        `${write} 已經存在；--write 只會建立新檔案。`,
      ),
    })
}

const hasContradiction = (findings: readonly { readonly kind: string }[]): boolean =>
  findings.some(({ kind }) => kind === 'contradiction')

const assessFile = async (file: string, catalogue: Catalogue) => {
  const { value, path } = loadRequirements(file)
  const taskModels = await readTaskModels(value, dirname(path))
  return { requirements: value, assessment: assess(value, catalogue, taskModels) }
}

const assessRequirements = async (file: string, context: CommandContext): Promise<void> => {
  const terminal = context.terminal()
  const { assessment } = await assessFile(file, loadCatalogue())
  terminal.result(assessment, () => assessmentText(assessment, terminal))
  context.exitWith(hasContradiction(assessment.conflicts) ? 1 : 0)
}

const assessTraffic = async (
  source: string,
  { file, format, interval, write }: Options & { readonly file: string | undefined },
  context: CommandContext,
): Promise<void> => {
  const terminal = context.terminal()
  const say = sayIn(terminal)
  const catalogue = loadCatalogue()
  // A mistake in the requirements is told before a large log is read.
  const stated = file === undefined ? undefined : await assessFile(file, catalogue)
  const traffic = await readTraffic({
    source,
    format,
    catalogue,
    intervalSeconds: interval,
    signal: context.signal,
    onProgress: (done, total) => terminal.progress(say('Reading', '讀取中'), done, total),
    onPause: () =>
      terminal.note(say(`Reading the metrics again in ${interval} s …`, `${interval} 秒後再次讀取指標…`)),
  })
  terminal.progressEnd()
  const name = sourceName(source)
  const scale = scaleSection(traffic, name, say)
  if (write !== undefined) writeFileSync(write, scale.yaml, { flag: 'wx' })
  const assessment = stated?.assessment
  const comparison = stated ? compareTraffic(stated.requirements, traffic) : undefined
  terminal.result(
    { ...assessment, traffic, scale, ...(comparison ? { comparison } : {}), written: write ?? null },
    () =>
      [
        ...(assessment ? [assessmentText(assessment, terminal), ''] : []),
        trafficText(traffic, name, terminal),
        '',
        ...(comparison ? [comparisonText(comparison, terminal)] : scaleLines(scale, write, say)),
        ...(comparison && write !== undefined ? [say(`Wrote ${write}.`, `已寫入 ${write}。`)] : []),
      ].join('\n'),
  )
  context.exitWith(hasContradiction([...(assessment?.conflicts ?? []), ...(comparison ?? [])]) ? 1 : 0)
}

const scaleLines = (
  scale: ReturnType<typeof scaleSection>,
  write: string | undefined,
  say: (en: string, zhTW: string) => string,
): string[] => [
  write === undefined
    ? say('For requirements.yaml:', '可放入 requirements.yaml：')
    : say(`Wrote ${write}:`, `已寫入 ${write}：`),
  scale.yaml,
  ...(scale.missing.length > 0
    ? [
        say(
          `Required and not in this file: ${scale.missing.join(', ')}. Fill it in by hand.`,
          `必填但檔案中沒有：${scale.missing.join('、')}。請手動填寫。`,
        ),
      ]
    : []),
]
