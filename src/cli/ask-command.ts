// `ask`: one question to a route, the answer as it comes, and where it stands in the documents.

import type { Command } from 'commander'
import { request } from 'undici'
import type { Language } from '../core/index.js'
import { firstChatRoute } from '../spec/index.js'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { printable } from './printable.js'
import { architectureOption, loadArchitecture } from './project.js'
import { type ErrorAnswer, serverError } from './running-system.js'
import { withSystem } from './with-system.js'

interface Options {
  readonly architecture?: string
  readonly model?: string
  readonly key?: string
}

interface Annotation {
  readonly url_citation?: { readonly url: string; readonly title: string }
}

interface Completion extends ErrorAnswer {
  readonly choices: readonly {
    readonly message: { readonly content: string | null; readonly annotations?: readonly Annotation[] }
  }[]
}

export const registerAsk = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('ask')
    .argument('<question...>', text('the question', '問題'))
    .description(text('Ask the system one question', '向系統提問'))
    .option(...architectureOption(text))
    .option('--model <route>', text('route to ask (default: the first)', '要詢問的路由（預設為第一個）'))
    .option('--key <key>', text('virtual key, where keys are required', '需要金鑰時使用的虛擬金鑰'))
    .action(async (words: string[], options: Options) => {
      const terminal = context.terminal()
      const question = words.join(' ')
      if (question.trim() === '')
        throw cliError('cli.bad-argument', {
          detail: text('Give a question; this one is empty.', '請輸入問題；目前是空白的。'),
        })
      const answer = await withSystem(context, {
        architecture: options.architecture,
        withKnowledge: true,
        run: async ({ url }, file) => {
          const model = options.model ?? firstChatRoute(loadArchitecture(file).value)?.name
          const key = options.key ?? context.environment.LLM_ARCHITECT_KEY
          return complete({
            url,
            key,
            signal: context.signal,
            language: terminal.language,
            body: { model, messages: [{ role: 'user', content: question }] },
          })
        },
      })
      const message = answer.choices[0]?.message
      terminal.result(answer, () =>
        [message?.content ?? '', '', ...sources(message?.annotations ?? [])].join('\n').trimEnd(),
      )
    })
}

const sources = (annotations: readonly Annotation[]): string[] => [
  ...new Map(
    annotations.flatMap(({ url_citation: c }) =>
      c ? [[c.url, `  ↳ ${printable(c.title)}  ${printable(c.url)}`]] : [],
    ),
  ).values(),
]

const complete = async (call: {
  url: string
  key: string | undefined
  signal: AbortSignal
  language: Language
  body: unknown
}): Promise<Completion> => {
  const response = await request(`${call.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-language': call.language,
      ...(call.key === undefined ? {} : { authorization: `Bearer ${call.key}` }),
    },
    body: JSON.stringify(call.body),
    signal: call.signal,
  })
  const body = (await response.body.json()) as Completion
  if (!body.error) return body
  if (response.statusCode === 401 && call.key === undefined) throw cliError('cli.key-needed', {})
  throw serverError('answer', response.statusCode, body)
}
