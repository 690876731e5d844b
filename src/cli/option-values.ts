// Values of options, checked as they are read. Knows no command.

import type { CommandContext } from './command-context.js'
import { didYouMean } from './did-you-mean.js'
import { cliError } from './messages.js'

interface NumberRule {
  /** As people write it, such as `--port`. */
  readonly option: string
  readonly least: number
  readonly most?: number
  /** Default true. */
  readonly whole?: boolean
}

/** Returns the reader of a number. @throws `cli.bad-argument` */
export const numberOption =
  (text: CommandContext['text'], { option, least, most, whole = true }: NumberRule) =>
  (written: string): number => {
    const value = Number(written)
    const isNumber = written.trim() !== '' && (whole ? Number.isSafeInteger(value) : Number.isFinite(value))
    if (isNumber && value >= least && value <= (most ?? Number.POSITIVE_INFINITY)) return value
    const range =
      most === undefined ? [`>= ${least}`, `不小於 ${least}`] : [`${least}-${most}`, `${least} 至 ${most}`]
    throw cliError('cli.bad-argument', {
      detail: text(
        `${option}: "${written}" is not a ${whole ? 'whole ' : ''}number ${range[0]}.`,
        `${option}：「${written}」不是${whole ? '整數' : '數字'}（${range[1]}）。`,
      ),
    })
  }

export const portOption = (text: CommandContext['text']) =>
  numberOption(text, { option: '--port', least: 0, most: 65_535 })

/** Returns the reader of words with commas between them. @throws `cli.bad-argument` */
export const wordsOption = <W extends string>(
  text: CommandContext['text'],
  option: string,
  words: readonly W[],
): ((written: string) => readonly W[]) => {
  const read = wordOption(text, option, words)
  return (written) => written.split(',').map((word) => read(word.trim()))
}

/** Returns the reader of one of several words. @throws `cli.bad-argument` */
export const wordOption =
  <W extends string>(text: CommandContext['text'], option: string, words: readonly W[]) =>
  (written: string): W => {
    const word = words.find((known) => known === written)
    if (word !== undefined) return word
    throw cliError('cli.bad-argument', {
      detail: text(
        `${option}: "${written}" is not one of ${words.join(', ')}.${didYouMean(written, words, text)}`,
        `${option}：「${written}」不是 ${words.join('、')} 之一。${didYouMean(written, words, text)}`,
      ),
    })
  }

/** Returns the reader of a time, which stays as it was written. @throws `cli.bad-argument` */
export const timeOption = (text: CommandContext['text'], option: string) => readTime(text, option, Date.parse)

/** The same, also in milliseconds since 1970. */
export const momentOption = (text: CommandContext['text'], option: string) => readTime(text, option, momentOf)

/** In ms since 1970; NaN where it is no time. */
export const momentOf = (written: string): number =>
  /^\d+$/.test(written) ? Number(written) : Date.parse(written)

const readTime =
  (text: CommandContext['text'], option: string, msOf: (written: string) => number) =>
  (written: string): string => {
    if (!Number.isNaN(msOf(written))) return written
    throw cliError('cli.bad-argument', {
      detail: text(
        `${option}: "${written}" is not a time such as 2026-11-26T10:00:00Z.`,
        `${option}：「${written}」不是時間（例如 2026-11-26T10:00:00Z）。`,
      ),
    })
  }
