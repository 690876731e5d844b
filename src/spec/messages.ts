// What can be wrong in the two files, in both languages: what was written, and what to write instead.

import {
  counted,
  defineMessages,
  errorFactory,
  formatNumber,
  type Language,
  messageFactory,
} from '../core/index.js'
import type { Problem } from './problem.js'
import { yamlErrorInChinese } from './yaml-texts.js'

const maybe = (suggestion: string | undefined, language: Language) =>
  suggestion === undefined
    ? ''
    : language === 'en'
      ? ` Did you mean "${suggestion}"?`
      : `您是不是要寫「${suggestion}」？`

/** A list for people; a long one is cut, so that the message stays a message. */
const list = (items: readonly string[], language: Language) => {
  const shown = items.slice(0, 12).join(language === 'en' ? ', ' : '、')
  if (items.length <= 12) return shown
  return language === 'en' ? `${shown}, and ${items.length - 12} more` : `${shown} 等 ${items.length} 項`
}

/** The patterns of the two schemas, for people. */
const formatsInWords: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  '/^[a-z][a-z0-9-]*$/': {
    en: 'of a name: small letters, digits and "-", beginning with a letter',
    'zh-TW': '名稱只能用小寫字母、數字與「-」，並以字母開頭',
  },
  '/^[a-z0-9][a-z0-9._-]*$/i': {
    en: 'of a name: letters, digits, ".", "_" and "-", beginning with a letter or a digit',
    'zh-TW': '名稱只能用字母、數字、「.」、「_」與「-」，並以字母或數字開頭',
  },
  [String(/^\$\{(env|file):[^}]+\}$/)]: {
    en: `\${env:NAME} or \${file:PATH}: a secret stands in the environment or in a file of its own, never here`,
    'zh-TW': `\${env:NAME} 或 \${file:PATH}；密鑰應放在環境變數或獨立的檔案，絕不寫在這裡`,
  },
  url: {
    en: 'of an address, such as http://127.0.0.1:8000/v1',
    'zh-TW': '位址，例如 http://127.0.0.1:8000/v1',
  },
}
/** Kinds of values as schemas call them, in Chinese. */
const kindsOfValue: Readonly<Record<string, string>> = {
  string: '文字',
  number: '數字',
  int: '整數',
  boolean: 'true 或 false',
  object: '一組欄位',
  record: '一組欄位',
  array: '清單',
}
const valueInChinese = (kind: string): string => kindsOfValue[kind] ?? kind
const expectedInChinese = (expected: string): string => expected.split(' | ').map(valueInChinese).join(' | ')

/** What a reference may name, in Chinese. */
const referenced: Readonly<Record<string, string>> = {
  deployment: '部署',
  'knowledge base': '知識庫',
  prompt: '提示',
  'guardrail policy': '防護規則',
  task: '任務',
}

const inWords = (format: string, language: Language) => formatsInWords[format]?.[language] ?? format

const problemMessages = defineMessages({
  'spec.not-yaml': {
    en: (p: { detail: string }) => `This is not valid YAML: ${p.detail}`,
    'zh-TW': (p) => `不是有效的 YAML：${yamlErrorInChinese(p.detail)}`,
  },
  'spec.second-document': {
    en: (_p: Record<string, never>) => 'A second document begins here. Write one file for each.',
    'zh-TW': () => '此處開始第二份文件。請將每份文件寫成一個檔案。',
  },
  'spec.alias-of-nothing': {
    en: (p: { alias: string }) =>
      `"*${p.alias}" is an alias, and nothing before it is named "&${p.alias}". Put a text that begins with * in quotes.`,
    'zh-TW': (p) => `「*${p.alias}」是別名，但前面沒有「&${p.alias}」。以 * 開頭的文字請加上引號。`,
  },
  'spec.too-deep': {
    en: (_p: Record<string, never>) =>
      'This is nested too deep to be read. Remove brackets or levels that are not needed.',
    'zh-TW': () => '巢狀層數過深，無法讀取。請移除不需要的括號或層級。',
  },
  'spec.tab-indent': {
    en: (_p: Record<string, never>) => 'A tab cannot indent in YAML. Replace it, and any other, by spaces.',
    'zh-TW': () => 'YAML 不能用定位字元（tab）縮排。請將此處與其他定位字元改為空格。',
  },
  'spec.unknown-key': {
    en: (p: { key: string; suggestion?: string; known: string[] }) =>
      `Unknown key "${p.key}".${maybe(p.suggestion, 'en') || ` Known here: ${list(p.known, 'en')}.`}`,
    'zh-TW': (p) =>
      `不認得的鍵「${p.key}」。${maybe(p.suggestion, 'zh-TW') || `這裡可用的有：${list(p.known, 'zh-TW')}。`}`,
  },
  'spec.unknown-path': {
    en: (p: { path: string; part: string; suggestion?: string; known: string[] }) =>
      `"${p.path}": requirements have no "${p.part}" there.${maybe(p.suggestion, 'en') || ` Known there: ${list(p.known, 'en')}.`}`,
    'zh-TW': (p) =>
      `「${p.path}」：需求檔在此沒有「${p.part}」。${maybe(p.suggestion, 'zh-TW') || `此處可用的有：${list(p.known, 'zh-TW')}。`}`,
  },
  'spec.value-not-yaml': {
    en: (p: { path: string; value: string; detail: string }) =>
      `The value "${p.value}" of ${p.path} is not valid YAML: ${p.detail}`,
    'zh-TW': (p) => `${p.path} 的值「${p.value}」不是有效的 YAML：${yamlErrorInChinese(p.detail)}`,
  },
  'spec.missing': {
    en: (p: { key: string; expected: string }) => `"${p.key}" is missing; expected ${p.expected}.`,
    'zh-TW': (p) => `缺少「${p.key}」；應為：${expectedInChinese(p.expected)}。`,
  },
  'spec.wrong-type': {
    en: (p: { expected: string; received: string }) => `Expected ${p.expected}, found ${p.received}.`,
    'zh-TW': (p) => `應為：${expectedInChinese(p.expected)}；卻是 ${p.received}。`,
  },
  'spec.not-one-of': {
    en: (p: { value: string; options: string[]; suggestion?: string }) =>
      `${p.value} is not one of: ${list(p.options, 'en')}.${maybe(p.suggestion, 'en')}`,
    'zh-TW': (p) =>
      `${p.value} 不在可用的值之中：${list(p.options.map(valueInChinese), 'zh-TW')}。${maybe(p.suggestion, 'zh-TW')}`,
  },
  'spec.out-of-range': {
    en: (p: { rule: string; value: string }) => `${p.value} is out of range: it must be ${p.rule}.`,
    'zh-TW': (p) => `${p.value} 超出範圍：必須 ${p.rule}。`,
  },
  'spec.list-length': {
    en: (p: { length: number; least?: number; most?: number }) =>
      p.least === undefined
        ? `A list of ${counted(p.length, 'item')}: it may have ${counted(p.most ?? 0, 'item')} at most.`
        : `A list of ${counted(p.length, 'item')}: it must have at least ${p.least}.`,
    'zh-TW': (p) =>
      p.least === undefined
        ? `清單有 ${p.length} 項：最多 ${p.most ?? 0} 項。`
        : `清單有 ${p.length} 項：至少須有 ${p.least} 項。`,
  },
  'spec.bad-format': {
    en: (p: { format: string; value: string }) =>
      `${p.value} does not have the form ${inWords(p.format, 'en')}.`,
    'zh-TW': (p) => `${p.value} 不符合格式：${inWords(p.format, 'zh-TW')}。`,
  },
  'spec.duplicate-id': {
    en: (p: { id: string; firstLine: number }) =>
      `The id "${p.id}" is used twice (first in line ${p.firstLine}). Rename one.`,
    'zh-TW': (p) => `識別名稱「${p.id}」重複（第一次出現在第 ${p.firstLine} 行）。請改掉其中一個。`,
  },
  'spec.unknown-reference': {
    en: (p: { kind: string; id: string; suggestion?: string; known: string[] }) =>
      `There is no ${p.kind} "${p.id}".${maybe(p.suggestion, 'en') || (p.known.length ? ` Defined: ${list(p.known, 'en')}.` : '')}`,
    'zh-TW': (p) =>
      `沒有名為「${p.id}」的${referenced[p.kind] ?? ` ${p.kind}`}。${maybe(p.suggestion, 'zh-TW') || (p.known.length ? `已定義：${list(p.known, 'zh-TW')}。` : '')}`,
  },
  'spec.shares-exceed': {
    en: (p: { id: string; sum: number }) =>
      `The deployments on the accelerators of "${p.id}" take ${formatNumber(p.sum, 4)} of the memory together. Lower hardware.memoryShare and what their commands ask for to 1 at most.`,
    'zh-TW': (p) =>
      `與「${p.id}」共用加速器的部署合計使用 ${formatNumber(p.sum, 4)} 份記憶體。請調低 hardware.memoryShare 與啟動命令的占比，合計不超過 1。`,
  },
  'spec.no-task': {
    en: (p: { metric: string }) =>
      `${p.metric} is measured on a task, and useCase.tasks has none. Add the task there, or take this target out.`,
    'zh-TW': (p) =>
      `${p.metric} 是針對任務的指標，但 useCase.tasks 沒有任何任務。請加上任務，或移除這個目標。`,
  },
  'spec.unknown-place': {
    en: (p: { place: string; suggestion?: string }) =>
      `${p.place} is no place that is known.${maybe(p.suggestion, 'en')} Write an ISO 3166 code such as TW or US-CA, or EU or EEA.`,
    'zh-TW': (p) =>
      `${p.place} 不是已知的地區。${maybe(p.suggestion, 'zh-TW')}請寫 ISO 3166 代碼，例如 TW 或 US-CA，或 EU、EEA。`,
  },
  'spec.wrong-unit': {
    en: (p: { metric: string; unit: string; options: string[] }) =>
      `${p.metric} is not measured in ${p.unit}; use ${p.options.join(' or ')}.`,
    'zh-TW': (p) => `${p.metric} 的單位不是 ${p.unit}；請用 ${p.options.join(' 或 ')}。`,
  },
  'spec.percentiles-crossed': {
    en: (p: { p50: number; p95: number }) =>
      `p95 (${p.p95}) is below p50 (${p.p50}); a percentile can only grow.`,
    'zh-TW': (p) => `p95（${p.p95}）小於 p50（${p.p50}）；百分位數只會遞增。`,
  },
  'spec.public-without-keys': {
    en: (p: { host: string }) =>
      `The server would listen on ${p.host} without keys. Set server.requireKeys: true, or bind to 127.0.0.1.`,
    'zh-TW': (p) =>
      `伺服器將在 ${p.host} 上對外開放且不需金鑰。請設定 server.requireKeys: true，或改綁定 127.0.0.1。`,
  },
  'spec.mixed-kinds': {
    en: (p: { route: string; kinds: string[] }) =>
      `Route "${p.route}" names deployments of several kinds (${list(p.kinds, 'en')}). Give each kind a route of its own.`,
    'zh-TW': (p) =>
      `路由「${p.route}」同時使用多種 kind 的部署（${list(p.kinds, 'zh-TW')}）。請為每種 kind 各設一個路由。`,
  },
  'spec.not-for-kind': {
    en: (p: { key: string; kind: string }) =>
      `"${p.key}" belongs to chat; this route's deployments are of kind ${p.kind}. Remove it here.`,
    'zh-TW': (p) => `「${p.key}」只適用於對話；這個路由的部署屬於 ${p.kind}。請在此移除。`,
  },
  'spec.wrong-kind': {
    en: (p: { id: string; kind: string; expected: string; known: string[] }) =>
      `Deployment "${p.id}" is of kind ${p.kind}; one of kind ${p.expected} is needed here${p.known.length ? `: ${list(p.known, 'en')}` : ', and none is defined'}.`,
    'zh-TW': (p) =>
      `部署「${p.id}」的 kind 是 ${p.kind}，這裡需要 ${p.expected}${p.known.length ? `：${list(p.known, 'zh-TW')}` : '，但尚未定義'}。`,
  },
  'spec.endpoint-or-deployment': {
    en: (p: { key: string }) =>
      `"${p.key}" needs either "deployment", or "address" and "model"; not both and not neither.`,
    'zh-TW': (p) => `「${p.key}」必須指定 deployment，或同時指定 address 與 model；兩者只能擇一。`,
  },
  'spec.question-metric': {
    en: (p: { target: string }) =>
      `"${p.target}" does not say what is measured. Which metric: ttft (time to first token), e2e (to the last token), tpot (per token), outputTokensPerSecond (per user) or systemOutputTokensPerSecond?`,
    'zh-TW': (p) =>
      `「${p.target}」沒有說量的是什麼。是哪一個指標：ttft（首個詞元時間）、e2e（到最後一個詞元）、tpot（每個詞元時間）、outputTokensPerSecond（每位使用者），還是 systemOutputTokensPerSecond（整個系統）？`,
  },
  'spec.question-load': {
    en: (p: { target: string }) =>
      `"${p.target}" does not say under which load. Write load: peak, average, {requestsPerSecond: N} or {concurrency: N}.`,
    'zh-TW': (p) =>
      `「${p.target}」沒有說在多大的負載下。請寫 load: peak、average、{requestsPerSecond: N} 或 {concurrency: N}。`,
  },
  'spec.question-lengths': {
    en: (p: { target: string }) =>
      `"${p.target}" does not say for which lengths. Write lengths: workload (those of scale.lengths) or {inputTokens: N, outputTokens: N}.`,
    'zh-TW': (p) =>
      `「${p.target}」沒有說針對多長的提示與回答。請寫 lengths: workload（採用 scale.lengths）或 {inputTokens: N, outputTokens: N}。`,
  },
  'spec.question-cache': {
    en: (p: { target: string }) =>
      `"${p.target}" does not say in which state of the caches. Write cache: cold or warm.`,
    'zh-TW': (p) => `「${p.target}」沒有說快取的狀態。請寫 cache: cold（冷）或 warm（熱）。`,
  },
})

export const problemMessage = messageFactory(problemMessages)

const renderProblem = ({ path, line, column, message }: Problem, language: Language): string => {
  const rendering = problemMessages[message.code as keyof typeof problemMessages][language] as (
    p: object,
  ) => string
  return `  ${line}:${column}  ${path || '.'}  ${rendering(message.params)}`
}

export const specMessages = defineMessages({
  ...problemMessages,
  'spec.bad-context': {
    en: (p: { detail: string }) =>
      `This is not an answer to a get_llm_context query: ${p.detail}. Give a JSON object with use_case, performance, scale, safety, budget and integration.`,
    'zh-TW': (p) =>
      `這不是 get_llm_context 查詢的回答：${p.detail}。請提供含有 use_case、performance、scale、safety、budget、integration 的 JSON 物件。`,
  },
  'spec.invalid': {
    en: (p: { file: string; problems: Problem[] }) =>
      [`${p.file} has ${counted(p.problems.length, 'problem')}:`]
        .concat(p.problems.map((problem) => renderProblem(problem, 'en')))
        .join('\n'),
    'zh-TW': (p) =>
      [`${p.file} 有 ${p.problems.length} 個問題：`]
        .concat(p.problems.map((problem) => renderProblem(problem, 'zh-TW')))
        .join('\n'),
  },
})

export const specError = errorFactory(specMessages)
