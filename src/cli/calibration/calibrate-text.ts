// The answer of `design calibrate` for people: each tested load before and after, the factors, and what to test next.

import { counted, formatNumber, formatPercent, type Language } from '../../core/index.js'
import type { CalibratedRequest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { renderTable } from '../table.js'
import type { TtftLeftOut } from './scorecard-load-test.js'

interface Told {
  readonly deployment: string
  readonly added: number
  readonly tests: number
  readonly ttftLeftOut: TtftLeftOut | null
  readonly text: CommandContext['text']
}

const n = (value: number) => formatNumber(value, 3)

export const calibrateText = (
  { factors, loads, next }: CalibratedRequest,
  { deployment, added, tests, ttftLeftOut, text }: Told,
): string =>
  [
    text(
      `${counted(added, 'load test')} added; ${n(tests)} kept for ${deployment}`,
      `新增 ${added} 筆負載測試；${deployment} 共保存 ${tests} 筆`,
    ),
    ...(ttftLeftOut === null ? [] : [leftOutText(ttftLeftOut, text)]),
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

const leftOutText = (why: TtftLeftOut, text: CommandContext['text']): string => {
  const [en, zhTW] = leftOut[why]
  return text(en, zhTW)
}

const leftOut = {
  untold: [
    'The time to the first token is not kept: the answers do not say what was waited for the engine.',
    '未保存首個詞元時間：回答未載明等候引擎的時間。',
  ],
  repeated: [
    'The time to the first token is not kept: too few questions were asked for the first time, and the engine has the others in its prefix cache. Give the load profile more questions.',
    '未保存首個詞元時間：首次提問的題目太少，其餘已在引擎的前綴快取中。請在負載設定中提供更多題目。',
  ],
  shared: [
    'The time to the first token is not kept: more than a tenth of each prompt is the same instructions, which the engine reads from its prefix cache.',
    '未保存首個詞元時間：每個提示超過十分之一是相同的指示，引擎會從前綴快取讀取。',
  ],
} as const satisfies Readonly<Record<TtftLeftOut, readonly [string, string]>>

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
