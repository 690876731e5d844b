// The end of a sentence about a word that is not known.

import { suggest } from '../core/index.js'
import type { CommandContext } from './command-context.js'

/** ` Did you mean pull?`; nothing where no word is near. */
export const didYouMean = (written: string, known: Iterable<string>, text: CommandContext['text']): string =>
  meant(suggest(written, known), text)

/** @param nearest of the known words, if any are near */
export const meant = (
  nearest: string | readonly string[] | null | undefined,
  text: CommandContext['text'],
): string => {
  const words = typeof nearest === 'string' ? [nearest] : (nearest ?? [])
  const last = words.at(-1)
  if (!last) return ''
  const others = words.slice(0, -1)
  return others.length === 0
    ? text(` Did you mean ${last}?`, `您是不是要寫 ${last}？`)
    : text(` Did you mean ${others.join(', ')} or ${last}?`, `您是不是要寫 ${others.join('、')} 或 ${last}？`)
}
