// Texts in two languages. A domain defines its messages once; what travels is {code, params}, and the
// edges (command line, console, HTTP) render it for the reader. A language that is missing is a type error.

import type { Language } from './language.js'

/** What a text is filled with: JSON values, so that a message can cross a process boundary. */
// biome-ignore lint/suspicious/noExplicitAny: each message narrows this to its own parameters
export type Params = Record<string, any>

/** A finding, an explanation or an error on its way to a reader. */
export interface Message {
  readonly code: string
  readonly params: Params
}

export type Rendering<P> = Readonly<Record<Language, (params: P) => string>>
// biome-ignore lint/suspicious/noExplicitAny: parameters are contravariant; `any` is the only common type
export type MessageCatalogue = Readonly<Record<string, Rendering<any>>>

/**
 * Defines the messages of a domain. Codes are `domain.what-happened`.
 * @example
 * export const storeMessages = defineMessages({
 *   'store.locked': {
 *     en: (p: { directory: string }) => `${p.directory} is in use. Stop the other process.`,
 *     'zh-TW': (p) => `${p.directory} 正在使用中。請先停止另一個程序。`,
 *   },
 * })
 */
export const defineMessages = <P extends Record<string, Params>>(
  messages: {
    readonly [K in keyof P]: Rendering<P[K]>
  },
) => messages

type ParamsOf<R> = R extends Rendering<infer P> ? P : never

/** Returns the function that makes messages of one catalogue, with their parameters checked. */
export const messageFactory =
  <C extends MessageCatalogue>(_catalogue: C) =>
  <K extends keyof C & string>(code: K, params: ParamsOf<C[K]>): Message => ({
    code,
    params: params as Params,
  })

/** Returns the renderer of several catalogues; a code none of them knows renders as the code and its parameters. */
export const createRenderer = (...catalogues: readonly MessageCatalogue[]) => {
  const all: MessageCatalogue = Object.assign({}, ...catalogues)
  return (message: Message, language: Language): string => {
    const rendering = Object.hasOwn(all, message.code) ? all[message.code] : undefined
    return rendering
      ? rendering[language](message.params)
      : `${message.code} ${JSON.stringify(message.params)}`
  }
}
export type Renderer = ReturnType<typeof createRenderer>
