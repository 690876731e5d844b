// Figures of two designs side by side for people: what changed, and by how much.

import { formatMs, formatNumber, formatPercent, formatUsd } from '../core/index.js'
import type { ComparedFigure, ComparedValue } from '../planner/index.js'
import type { CommandContext } from './command-context.js'
import { renderTable } from './table.js'

type Say = CommandContext['text']

export interface ComparisonTitles {
  readonly before: string
  readonly after: string
}

/** Whether the two sides differ; what neither has is no difference. */
export const isChanged = ({ before, after }: Pick<ComparedFigure, 'before' | 'after'>): boolean =>
  before !== after

/** A table of what differs; a line where nothing does. */
export const comparisonText = (
  figures: readonly ComparedFigure[],
  { before, after }: ComparisonTitles,
  say: Say,
): string => {
  // Settings of two different engines have nothing to do with each other.
  const isSameEngine = !figures.some((each) => each.figure === 'servedBy' && isChanged(each))
  const changed = figures.filter(
    (each) => isChanged(each) && (isSameEngine || !each.figure.startsWith('setting ')),
  )
  if (changed.length === 0) return say('Nothing changes.', '沒有任何改變。')
  return renderTable(
    [
      { title: '', maxWidth: 72 },
      { title: before, maxWidth: 52 },
      { title: after, maxWidth: 52 },
      { title: say('change', '變化'), align: 'right' },
    ],
    changed.map((figure) => [
      nameOf(figure.figure, say),
      shown(said(figure.figure, figure.before, say), figure.unit, say),
      shown(said(figure.figure, figure.after, say), figure.unit, say),
      changeOf(figure, say),
    ]),
  )
}

const names: Readonly<Record<string, readonly [en: string, zhTW: string]>> = {
  chosen: ['chosen', '選定'],
  model: ['model', '模型'],
  servedBy: ['served by', '服務方式'],
  precision: ['precision', '精度'],
  accelerator: ['accelerator', '加速器'],
  replicas: ['replicas', '副本'],
  accelerators: ['accelerators', '加速器數量'],
  joinedWith: ['joined with', '合用'],
  joinedShare: ['passed on', '轉交比例'],
  reservedShare: ['reserved hours', '預留時數'],
  spotShare: ['spot hours', '競價時數'],
  costPerMonthUsd: ['cost a month, the model alone', '每月費用（僅模型）'],
  systemUsdPerMonth: ['cost a month, the whole system', '每月費用（整個系統）'],
  usdPerMillionOutputTokens: ['per million output tokens, the model alone', '每百萬輸出詞元（僅模型）'],
  ttftP90Ms: ['time to first token P90', '首個詞元時間 P90'],
  tpotP90Ms: ['time per token P90', '每個詞元時間 P90'],
  e2eP90Ms: ['whole answer P90', '完整回答時間 P90'],
  quality: ['quality', '品質'],
  feasible: ['ways that meet everything', '符合全部需求的做法'],
}

const nameOf = (figure: string, say: Say): string => {
  const known = names[figure]
  if (known) return say(...known)
  const [kind = '', ...rest] = figure.split(' ')
  const name = rest.join(' ')
  if (kind === 'target') return say(`target ${name}`, `目標 ${name}`)
  return kind === 'setting' ? say(`setting ${name}`, `設定 ${name}`) : figure
}

/** `overflow ID` and `cascade ID`, as they stand in `--json`, in the language of the reader. */
const said = (figure: string, value: ComparedValue, say: Say): ComparedValue => {
  if (figure !== 'joinedWith' || typeof value !== 'string') return value
  return value
    .replace(/^overflow /, say('overflow ', '超出者由 '))
    .replace(/^cascade /, say('cascade ', '先由 '))
}

const percent = (value: number, say: Say, digits = 3): string =>
  say(formatPercent(value / 100, 'en', digits), formatPercent(value / 100, 'zh-TW', digits))

const shown = (value: ComparedValue, unit: ComparedFigure['unit'], say: Say): string => {
  if (value === null) return '-'
  if (typeof value === 'string') return value
  if (unit === 'usd') return formatUsd(value)
  if (unit === 'ms') return formatMs(value)
  if (unit === 'percent') return percent(value, say, 2)
  return unit === 'tokens/s'
    ? say(`${formatNumber(value)} tokens/s`, `每秒 ${formatNumber(value)} 個詞元`)
    : formatNumber(value, 6)
}

const changeOf = ({ before, after }: ComparedFigure, say: Say): string => {
  if (typeof before !== 'number' || typeof after !== 'number' || before === 0) return ''
  const change = (after / before - 1) * 100
  return `${change > 0 ? '+' : ''}${percent(change, say)}`
}
