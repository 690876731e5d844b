// The answer of `design calibrate` for people: each tested load before and after, the factors, and what to test next.

import { formatNumber, formatPercent, type Language } from '../../core/index.js'
import type { CalibratedRequest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { renderTable } from '../table.js'

interface Told {
  readonly deployment: string
  readonly added: number
  readonly tests: number
  readonly text: CommandContext['text']
}

const n = (value: number) => formatNumber(value, 3)

export const calibrateText = (
  { factors, loads, next }: CalibratedRequest,
  { deployment, added, tests, text }: Told,
): string =>
  [
    text(
      `${added} load tests added; ${tests} kept for ${deployment}`,
      `新增 ${added} 筆負載測試；${deployment} 共保存 ${tests} 筆`,
    ),
    '',
    renderTable(
      [
        { title: text('in flight', '並行'), align: 'right' },
        { title: text('tokens', '詞元') },
        { title: text('metric', '指標') },
        { title: text('measured ms', '實測毫秒'), align: 'right' },
        { title: text('before', '校準前'), align: 'right' },
        { title: text('after', '校準後'), align: 'right' },
      ],
      loads.flatMap(({ test, before, after }) =>
        (['tpot', 'ttft'] as const).flatMap((metric) => {
          const measured = metric === 'tpot' ? test.tpotMs : test.ttftMs
          if (measured === null) return []
          const { concurrency, inputTokens, outputTokens } = test.load
          const lengths = `${n(inputTokens)} + ${n(outputTokens)}`
          return [
            [
              n(concurrency),
              lengths,
              metric.toUpperCase(),
              n(measured),
              band(before[metric]),
              band(after[metric]),
            ],
          ]
        }),
      ),
    ),
    '',
    text('Factors of the parts of each time:', '各時間組成的校準係數：'),
    ...(['tpot', 'ttft'] as const).map((metric) => `  ${metric.toUpperCase()}  ${shown(factors[metric])}`),
    ...nextLines(next, text),
  ].join('\n')

const band = ({
  value,
  low,
  high,
}: {
  readonly value: number
  readonly low: number
  readonly high: number
}) => `${n(value)} (${n(low)}-${n(high)})`

const shown = (factors: Readonly<Record<string, number>>): string =>
  Object.entries(factors)
    .map(([part, factor]) => `${part} x${n(factor)}`)
    .join(', ')

const nextLines = ({ target, tests }: CalibratedRequest['next'], text: CommandContext['text']): string[] => {
  const [best] = tests
  if (!best) return []
  const percent = (deviation: number, language: Language) =>
    `±${formatPercent(Math.exp(1.2816 * deviation) - 1, language, 2)}`
  return [
    '',
    text(
      `For ${n(target.concurrency)} in flight, a test at ${n(best.load.concurrency)} would help most: the time per token is known within ${percent(best.before, 'en')} now, then within ${percent(best.after, 'en')}.`,
      `針對並行 ${n(target.concurrency)}，下一個最有幫助的測試是並行 ${n(best.load.concurrency)}：每詞元時間的誤差範圍可由 ${percent(best.before, 'zh-TW')} 縮小為 ${percent(best.after, 'zh-TW')}。`,
    ),
  ]
}
