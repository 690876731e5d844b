// What this folder tells people, in both languages. It names kinds of things, never the things.

import { defineMessages, errorFactory } from '../core/index.js'

const kindNames: Readonly<Record<string, readonly [english: string, chinese: string]>> = {
  email: ['an e-mail address', '電子郵件地址'],
  phone: ['a telephone number', '電話號碼'],
  'payment-card': ['a payment card number', '信用卡號'],
  'tw-national-id': ['a Taiwan national ID number', '國民身分證統一編號'],
  'tw-resident-certificate': ['a Taiwan resident certificate number', '居留證號碼'],
  'cn-resident-id': ['a mainland China ID number', '中國大陸居民身分證號碼'],
  'hk-id': ['a Hong Kong ID number', '香港身分證號碼'],
  'us-social-security': ['a US social security number', '美國社會安全號碼'],
  iban: ['an IBAN', '國際銀行帳號（IBAN）'],
  passport: ['a passport number', '護照號碼'],
  'ip-address': ['an IP address', 'IP 位址'],
  'api-key': ['an API key', 'API 金鑰'],
  'json-web-token': ['an access token', '存取權杖'],
  'private-key': ['a private key', '私密金鑰'],
  password: ['a password', '密碼'],
  'instruction-override': ['an attempt to override instructions', '企圖覆寫指示的內容'],
  'prompt-extraction': ['an attempt to extract the system prompt', '企圖取得系統提示詞的內容'],
  'jailbreak-persona': ['a jailbreak persona', '越獄角色設定'],
  'privilege-claim': ['a claim to special privileges', '自稱擁有特殊權限的內容'],
  'encoded-instruction': ['encoded instructions', '經過編碼的指示'],
  'data-exfiltration': ['an attempt to send data elsewhere', '企圖外傳資料的內容'],
  'delimiter-forgery': ['forged conversation markers', '偽造的對話標記'],
  'hidden-text': ['hidden text', '隱藏文字'],
  'embedded-instruction': ['instructions hidden in a document', '文件中夾帶的指示'],
}

const listOf = (kinds: readonly string[], language: 0 | 1) =>
  [...new Set(kinds)].map((kind) => kindNames[kind]?.[language] ?? kind).join(language === 0 ? ', ' : '、')

export const guardrailsMessages = defineMessages({
  'guardrails.unknown-policy': {
    en: (p: { policy: string; known: string[] }) =>
      `There is no guardrail policy "${p.policy}". Use one of ${p.known.join(', ') || '(none defined)'}, or add it under guardrails: in architecture.yaml.`,
    'zh-TW': (p) =>
      `沒有名為「${p.policy}」的護欄政策。請改用 ${p.known.join('、') || '（尚未定義）'}，或在 architecture.yaml 的 guardrails: 之下新增。`,
  },
  'guardrails.unknown-detector': {
    en: (p: { policy: string; detector: string; known: string[] }) =>
      `Guardrail policy "${p.policy}" names the detector "${p.detector}", which no plug-in provides. Load its plug-in, or remove the line. Provided: ${p.known.join(', ') || '(none)'}.`,
    'zh-TW': (p) =>
      `護欄政策「${p.policy}」指定了偵測器「${p.detector}」，但沒有外掛提供它。請載入該外掛，或刪除這一行。目前提供：${p.known.join('、') || '（無）'}。`,
  },
  'guardrails.duplicate-id': {
    en: (p: { what: 'policy' | 'detector'; id: string }) =>
      `Two guardrail ${p.what === 'policy' ? 'policies' : 'detectors'} are called "${p.id}". Rename one of them.`,
    'zh-TW': (p) => `有兩個護欄${p.what === 'policy' ? '政策' : '偵測器'}都叫「${p.id}」。請將其中一個改名。`,
  },
  'guardrails.blocked': {
    en: (p: { stage: 'input' | 'context' | 'output'; kinds: string[] }) =>
      p.stage === 'output'
        ? `The answer was stopped because it contained ${listOf(p.kinds, 0)}.`
        : `The request was not processed because it contains ${listOf(p.kinds, 0)}. Remove that and send it again.`,
    'zh-TW': (p) =>
      p.stage === 'output'
        ? `回答已中止，因為其中包含${listOf(p.kinds, 1)}。`
        : `請求未被處理，因為其中包含${listOf(p.kinds, 1)}。請移除後再試一次。`,
  },
})

export const guardrailsError = errorFactory(guardrailsMessages)
