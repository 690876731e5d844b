// `init`: writes a first requirements.yaml, from an interview, from options, or from another agent's answer.

import { existsSync, writeFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import {
  draftRequirements,
  parseRequirements,
  presets,
  type RequirementsDraft,
  readContextAnswer,
  type UseCaseKind,
} from '../spec/index.js'
import type { CommandContext } from './command-context.js'
import { interview } from './interview.js'
import { cliError } from './messages.js'
import { numberOption } from './option-values.js'
import { readStandardInput } from './read-standard-input.js'
import { readTextFile } from './read-text-file.js'
import { writeSampleDocument } from './sample-document.js'

interface Options {
  readonly preset?: UseCaseKind
  readonly from?: string
  readonly output: string
  readonly peak?: number
  readonly budget?: number
  readonly name?: string
}

export const registerInit = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('init')
    .description(text('Write a first requirements.yaml', '寫出第一份 requirements.yaml'))
    .addOption(
      new Option('--preset <kind>', text('start from this use case', '從這種使用情境開始')).choices(
        Object.keys(presets),
      ),
    )
    .option(
      '--from <file>',
      text(
        'read the answer to a get_llm_context query (JSON; - for stdin)',
        '讀取 get_llm_context 查詢的回答（JSON；- 表示標準輸入）',
      ),
    )
    .option('--output <file>', text('where to write', '輸出檔案'), 'requirements.yaml')
    .option('--name <name>', text('name of the system', '系統名稱'))
    .option(
      '--peak <requests/s>',
      text('requests per second at the busiest time', '尖峰每秒請求數'),
      numberOption(text, { option: '--peak', least: 0, most: 1e6, whole: false }),
    )
    .option(
      '--budget <usd>',
      text('US dollars per month', '每月美元預算'),
      numberOption(text, { option: '--budget', least: 0, most: 1e12, whole: false }),
    )
    .action(async (options: Options) => {
      const terminal = context.terminal()
      const file = resolve(options.output)
      if (existsSync(file)) throw cliError('cli.file-exists', { file: options.output })
      const { draft, open } = await draftFrom(options, context)
      const yaml = draftRequirements(draft)
      parseRequirements(yaml, options.output)
      writeFileSync(file, yaml, { flag: 'wx' })
      const source = draft.knowledgeSource
      const sample = source && writeSampleDocument(dirname(file), source, terminal.language)
      terminal.result({ file, draft, open, ...(sample ? { sample } : {}) }, () =>
        [
          text(`Wrote ${options.output}.`, `已寫入 ${options.output}。`),
          ...(open.length > 0
            ? [
                text(
                  `Not answered yet, a default stands there: ${open.join(', ')}.`,
                  `尚未回答、先用預設值：${open.join('、')}。`,
                ),
              ]
            : []),
          ...(sample
            ? [
                text(
                  `Made ${relative('.', sample)}, a sample document: put your own documents beside it.`,
                  `已建立範例文件 ${relative('.', sample)}：請將您的文件放在同一個資料夾。`,
                ),
              ]
            : []),
          text('Next: llm-architect assess', '下一步：llm-architect assess'),
        ].join('\n'),
      )
    })
}

const draftFrom = async (
  options: Options,
  context: CommandContext,
): Promise<{ draft: RequirementsDraft; open: readonly string[] }> => {
  const overrides = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.peak === undefined ? {} : { peakRequestsPerSecond: options.peak }),
    ...(options.budget === undefined ? {} : { monthlyUsd: options.budget }),
  }
  if (options.from !== undefined) {
    const answer = options.from === '-' ? await readStandardInput() : readFile(options.from)
    const reading = readContextAnswer(answer)
    return { draft: { ...reading.draft, ...overrides }, open: reading.open }
  }
  const name = safeName(basename(process.cwd()))
  if (options.preset !== undefined)
    return {
      draft: {
        name,
        kind: options.preset,
        peakRequestsPerSecond: 1,
        ...documentsOf(options.preset),
        ...overrides,
      },
      open: options.peak === undefined ? ['scale'] : [],
    }
  const terminal = context.terminal()
  if (!terminal.isInteractive)
    throw cliError('cli.not-a-terminal', {
      alternative: context.text('Use --preset KIND or --from FILE instead.', '請改用 --preset 或 --from。'),
    })
  return { draft: { ...(await interview(terminal.language, name)), ...overrides }, open: [] }
}

/** Answers from documents need a folder of them. */
const documentsOf = (kind: UseCaseKind) => (kind === 'rag-qa' ? { knowledgeSource: './documents' } : {})

const readFile = (file: string) => {
  if (!existsSync(file)) throw cliError('cli.file-not-found', { file })
  return readTextFile(file)
}

const safeName = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '') || 'my-system'
