// The answers to a file of cases for people: one row a case, and below what is wrong with a line.

import { formatNumber } from '../../core/index.js'
import { isRefusal } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { renderTable } from '../table.js'
import type { Answered, Result } from './fit-result.js'
import { limitText } from './fit-text.js'

type Text = CommandContext['text']

export const fitTable = (results: readonly Result[], { text }: CommandContext): string => {
  const table = renderTable(
    [
      { title: text('line', '列'), align: 'right' },
      { title: text('case', '案例'), maxWidth: 40 },
      { title: text('fits', '放得下') },
      { title: text('limited by', '限制') },
      { title: text('KV GiB', 'KV GiB'), align: 'right' },
      { title: text('KV tokens', 'KV 詞元'), align: 'right' },
      { title: text('concurrency', '並行'), align: 'right' },
    ],
    results.map((result) => [String(result.line), String(result.id ?? ''), ...cells(result, text)]),
  )
  const errors = results.flatMap(({ line, error }) =>
    error ? [text(`Line ${line}: ${error.message}`, `第 ${line} 列：${error.message}`)] : [],
  )
  return [table, ...(errors.length > 0 ? ['', ...errors] : [])].join('\n')
}

const isAnswer = (result: Result): result is Result & Answered['json'] => result.fits !== undefined

const none = '–'

/** No cache is told of what is refused, and no part of a request where not even one fits. */
const cells = (result: Result, text: Text): readonly string[] => {
  if (!isAnswer(result)) return [text('error', '錯誤'), '', '', '', '']
  const { fits, limitedBy, availableKvGiBPerGpu: kvGiB, kvCacheTokens, maxConcurrency } = result
  const hasCache = !isRefusal(limitedBy) && kvGiB > 0
  return [
    fits ? text('yes', '是') : text('no', '否'),
    limitText(limitedBy, text),
    hasCache ? kvGiB.toFixed(2) : isRefusal(limitedBy) ? none : text(...short(-kvGiB)),
    hasCache && kvCacheTokens > 0 ? formatNumber(kvCacheTokens) : none,
    maxConcurrency >= 1 ? maxConcurrency.toFixed(2) : none,
  ]
}

const short = (gib: number): [string, string] => [`${gib.toFixed(2)} short`, `缺 ${gib.toFixed(2)}`]
