// The end of a sentence about a word that is not known.

import { suggest } from '../core/index.js'
import type { CommandContext } from './command-context.js'

/** ` Did you mean pull?`; nothing where no word is near. */
export const didYouMean = (written: string, known: Iterable<string>, text: CommandContext['text']): string =>
  meant(suggest(written, known), text)

/** @param nearest of the known words, if one is near */
export const meant = (nearest: string | null | undefined, text: CommandContext['text']): string =>
  nearest ? text(` Did you mean ${nearest}?`, `您是不是要寫 ${nearest}？`) : ''
