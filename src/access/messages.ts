// What access says, in both languages.

import { defineMessages, errorFactory } from '../core/index.js'

export const accessMessages = defineMessages({
  'access.name-taken': {
    en: (p: { tenant: string; name: string }) =>
      `Tenant ${p.tenant} already has a key called ${p.name}. Choose another name, or revoke that key first.`,
    'zh-TW': (p) => `租戶 ${p.tenant} 已有名為 ${p.name} 的金鑰。請改用其他名稱，或先撤銷該金鑰。`,
  },
  'access.key-unknown': {
    en: (p: { id: string }) => `There is no key ${p.id}. List the keys to see their ids.`,
    'zh-TW': (p) => `找不到金鑰 ${p.id}。請列出金鑰以查看其識別碼。`,
  },
  'access.key-not-in-force': {
    en: (p: { id: string; state: 'revoked' | 'expired' }) =>
      `Key ${p.id} is ${p.state}, so it cannot get a new secret. Create a new key.`,
    'zh-TW': (p) =>
      `金鑰 ${p.id} ${p.state === 'revoked' ? '已撤銷' : '已過期'}，無法換發新的密鑰。請建立新的金鑰。`,
  },
  'access.name-invalid': {
    en: (p: { field: string; value: string }) =>
      `${p.field} \`${p.value}\` is not allowed. Use 1 to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit.`,
    'zh-TW': (p) =>
      `${p.field}「${p.value}」不符合規定。請使用 1 到 64 個英文字母、數字、點、連字號或底線，並以字母或數字開頭。`,
  },
  'access.limit-invalid': {
    en: (p: { field: string; value: number }) =>
      `${p.field} is ${p.value}, but must be a number of 0 or more (whole, for requests and tokens). 0 means no limit; leave it out for the default of architecture.yaml.`,
    'zh-TW': (p) =>
      `${p.field} 為 ${p.value}，但必須是大於或等於 0 的數字（請求數與 token 數須為整數）。0 表示不限制；省略則採用 architecture.yaml 的預設值。`,
  },
  'access.expiry-past': {
    en: (p: { expiresAt: string }) =>
      `The key would expire at ${p.expiresAt}, which is not in the future. Give a later time, or none.`,
    'zh-TW': (p) => `金鑰的到期時間 ${p.expiresAt} 不在未來。請指定較晚的時間，或不要指定。`,
  },
})

export const accessError = errorFactory(accessMessages)
