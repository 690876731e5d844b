// The titles of the scorecard's rows, in both languages. Knows no figure.

import { defineMessages, type Message, messageFactory } from '../core/index.js'
import {
  type Architecture,
  deploymentsOf,
  firstChatRoute,
  type QualityTarget,
  type Requirements,
  type SpeedTarget,
} from '../spec/index.js'
import { benchmarkChecks } from './suites/benchmark-checks.js'

const speedEn: Record<SpeedTarget['metric'], string> = {
  ttft: 'Time to first token',
  e2e: 'Time to the whole answer',
  tpot: 'Time per output token',
  outputTokensPerSecond: 'Output tokens/s of one user',
  systemOutputTokensPerSecond: 'Output tokens/s of the system',
}
const speedZh: Record<SpeedTarget['metric'], string> = {
  ttft: '首個 token 時間',
  e2e: '完整回答時間',
  tpot: '每個輸出 token 時間',
  outputTokensPerSecond: '單一使用者的輸出速度',
  systemOutputTokensPerSecond: '系統總輸出速度',
}
const qualityEn: Record<QualityTarget['metric'], string> = {
  'answer-accuracy': 'Right answers',
  'retrieval-ndcg@10': 'Retrieval, nDCG@10',
  'retrieval-recall@10': 'Retrieval, recall@10',
  'unanswerable-refused': 'Unanswerable questions refused',
  'citations-valid': 'Citations that hold',
  'attacks-caught': 'Prompt attacks caught',
  'harmless-flagged': 'Harmless prompts blocked',
  'task-accuracy': 'Tasks recognised',
  escalated: 'Passed on by the task model',
}
const qualityZh: Record<QualityTarget['metric'], string> = {
  'answer-accuracy': '回答正確率',
  'retrieval-ndcg@10': '檢索 nDCG@10',
  'retrieval-recall@10': '檢索 recall@10',
  'unanswerable-refused': '無答案問題的拒答率',
  'citations-valid': '引用正確率',
  'attacks-caught': '提示攻擊攔截率',
  'harmless-flagged': '正常提問誤擋率',
  'task-accuracy': '任務辨識正確率',
  escalated: '任務模型轉交率',
}

type SpeedTitle = Pick<SpeedTarget, 'metric' | 'percentile'>
type HereTitle = SpeedTitle & { readonly standsFor: string | null }

const percentileOf = ({ metric, percentile }: SpeedTitle) =>
  metric === 'systemOutputTokensPerSecond' ? '' : ` P${percentile}`

export const rowTitles = defineMessages({
  'verify.row.speed': {
    en: (p: SpeedTitle) => `${speedEn[p.metric]}${percentileOf(p)}`,
    'zh-TW': (p) => `${speedZh[p.metric]}${percentileOf(p)}`,
  },
  'verify.row.speed-here': {
    en: (p: HereTitle) =>
      `${speedEn[p.metric]}${percentileOf(p)}, this machine${p.standsFor ? ' (STAND-IN)' : ''}`,
    'zh-TW': (p) => `${speedZh[p.metric]}${percentileOf(p)}，本機${p.standsFor ? '（替代引擎）' : ''}`,
  },
  'verify.row.quality': {
    en: (p: { metric: QualityTarget['metric'] }) => qualityEn[p.metric],
    'zh-TW': (p) => qualityZh[p.metric],
  },
  'verify.row.benchmark': {
    en: (p: { metric: QualityTarget['metric']; data: string }) => `${qualityEn[p.metric]} (${p.data})`,
    'zh-TW': (p) => `${qualityZh[p.metric]}（${p.data}）`,
  },
  'verify.row.first-token': {
    en: (p: { deployment: string }) => `First token of ${p.deployment}, this machine`,
    'zh-TW': (p) => `${p.deployment} 的首個 token 時間，本機`,
  },
  'verify.row.tokens-per-second': {
    en: (p: { deployment: string }) => `Tokens/s of ${p.deployment}, this machine`,
    'zh-TW': (p) => `${p.deployment} 的輸出速度，本機`,
  },
  'verify.row.cost-per-million-output-tokens': {
    en: (_p: Record<string, never>) => 'Cost per million output tokens',
    'zh-TW': () => '每百萬輸出 token 成本',
  },
  'verify.row.ledger-vs-invoice': {
    en: (_p: Record<string, never>) => "Ledger against the provider's invoice, drift",
    'zh-TW': () => '帳本與供應商帳單的差異',
  },
  'verify.row.kill9-survival': {
    en: (_p: Record<string, never>) => 'Acknowledged answers recovered after kill -9',
    'zh-TW': () => 'kill -9 後復原的已確認回答',
  },
})

const title = messageFactory(rowTitles)

/** The deployment that answers a route's talk first: the outermost, leftmost one of its strategy that has no task. */
export const firstDeployment = (architecture: Architecture, routeName: string) => {
  const route = architecture.routes.find(({ name }) => name === routeName)
  const ids = route ? deploymentsOf(route.strategy).map(({ id }) => id) : []
  return ids
    .map((id) => architecture.deployments.find((deployment) => deployment.id === id))
    .find((deployment) => deployment && deployment.task === undefined)
}

/** The route that verify asks: the first one with documents, otherwise the first that chats. */
export const routeUnderTest = (architecture: Architecture) =>
  architecture.routes.find(({ knowledge }) => knowledge !== undefined) ?? firstChatRoute(architecture)

/** The title of every row a scorecard of these files can have, by the row's id. */
export const describeRows = (
  requirements: Requirements,
  architecture: Architecture,
): ReadonlyMap<string, Message> => {
  const route = routeUnderTest(architecture)
  const standsFor = (route && firstDeployment(architecture, route.name)?.standsFor) ?? null
  const speed = requirements.performance.targets.flatMap(({ id, metric, percentile }) => [
    [id, title('verify.row.speed', { metric, percentile })] as const,
    [hereId(id), title('verify.row.speed-here', { metric, percentile, standsFor })] as const,
  ])
  const targets = [...requirements.quality.targets, ...requirements.safety.targets]
  const quality = targets.map((target) => [target.id, qualityTitle(target, targets)] as const)
  const benchmarks = benchmarkChecks.map(
    ({ id, metric, data }) => [id, title('verify.row.benchmark', { metric, data })] as const,
  )
  const local = architecture.deployments
    .filter(({ engine }) => engine === 'local')
    .flatMap(({ id: deployment }) => [
      [`${deployment}.first-token`, title('verify.row.first-token', { deployment })] as const,
      [`${deployment}.tokens-per-second`, title('verify.row.tokens-per-second', { deployment })] as const,
    ])
  return new Map([
    ...speed,
    ...local,
    ...quality,
    ...benchmarks,
    ['cost-per-million-output-tokens', title('verify.row.cost-per-million-output-tokens', {})],
    ['ledger-vs-invoice', title('verify.row.ledger-vs-invoice', {})],
    ['kill9-survival', title('verify.row.kill9-survival', {})],
  ])
}

/** Targets of the same metric are told apart by their suites. */
const qualityTitle = ({ metric, suite }: QualityTarget, targets: readonly QualityTarget[]): Message => {
  const isAlone = targets.filter((target) => target.metric === metric).length === 1
  const data = suite.replace(/^builtin:/, '').replace(/\.jsonl$/, '')
  return isAlone ? title('verify.row.quality', { metric }) : title('verify.row.benchmark', { metric, data })
}

/** The id of the row that judges a speed target on the machine verify runs against. */
export const hereId = (targetId: string): string => `${targetId}.here`
export const isHereId = (id: string): boolean => id.endsWith('.here')
