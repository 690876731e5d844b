// An option that is given once: a second value would win over the first without a word. Knows no command.

import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'

/**
 * Returns the reader of such an option's text.
 * @param flag as it is declared: `--tp <n>`
 * @throws `cli.bad-argument` for a second value that differs
 */
export const onceOption = (flag: string, text: CommandContext['text']) => {
  const [name = flag] = flag.split(' ')
  return (written: string, before: string | undefined): string => {
    if (before === undefined || before === written) return written
    throw cliError('cli.bad-argument', {
      detail: text(
        `${name} is given twice: "${before}" and "${written}". Keep one.`,
        `${name} 給了兩次：「${before}」與「${written}」。請只留一個。`,
      ),
    })
  }
}
