import { describe, expect, it } from 'vitest'
import { placeholder } from '../placeholder.js'
import { createSpanScanning } from '../span-stream.js'
import { personalData } from './personal-data.js'

const { open, find } = createSpanScanning({ scanners: personalData, actionOf: () => 'redact', placeholder })
const redact = (text: string) => {
  const stream = open()
  const out = stream.push(text) + stream.flush()
  // Scanners that the whole text's traits rule out would have found nothing.
  expect(find(text)).toEqual(stream.findings())
  return out
}

describe('personal data', () => {
  it.each([
    ['信箱amy.lin@example.com.tw收不到驗證信', '信箱[EMAIL]收不到驗證信'],
    ['Write to <O’Hara+x@mail.example>, please.', 'Write to <O’[EMAIL]>, please.'],
    ['寄到josé.núñez@example.org。', '寄到[EMAIL]。'],
    ['我的身分證字號是A123456789，謝謝', '我的身分證字號是[TW_ID]，謝謝'],
    ['身分證Ａ１２３４５６７８９姓名', '身分證[TW_ID]姓名'],
    ['id=A123 456789', 'id=[TW_ID]'],
    ['A1234\u200b56789', '[TW_ID]'],
    ['𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖 是我', '[PHONE] 是我'],
    ['A 1 2 3 4 5 6 7 8 9 就是', '[TW_ID] 就是'],
    ['居留證 A800000014', '居留證 [TW_ARC]'],
    ['舊式居留證 FA12345689', '舊式居留證 [TW_ARC]'],
    ['卡號4111 1111 1111 1111到期', '卡號[CARD]到期'],
    ['card 3782-822463-10005.', 'card [CARD].'],
    ['４１１１-１１１１-１１１１-１１１１', '[CARD]'],
    ['請打0912-345-678找他', '請打[PHONE]找他'],
    ['電話：(02) 2345-6789 分機 12', '電話：[PHONE] 分機 12'],
    ['+886 912 345 678', '[PHONE]'],
    ['+886-2-2345-6789', '[PHONE]'],
    ['員工編號 00231，邱雅婷，0912345678', '員工編號 00231，邱雅婷，[PHONE]'],
    ['call (415) 555-2671x12 now', 'call [PHONE] now'],
    ['+44 20 7946 0958', '[PHONE]'],
    ['手機13812345678', '手機[PHONE]'],
    ['Desk: 5403926876', 'Desk: [PHONE]'],
    ['781 1704 office', '[PHONE] office'],
    ['IBAN GB82 WEST 1234 5698 7654 32。', 'IBAN [IBAN]。'],
    ['持香港身份證 A123456(3)。', '持香港身份證 [HK_ID]。'],
    ['居民身份證號碼：11010519491231002X', '居民身份證號碼：[CN_ID]'],
    ['SSN: 460-89-9847', 'SSN: [US_SSN]'],
    ['my social security number is 460899847', 'my social security number is [US_SSN]'],
    ['護照號碼 312345678', '護照號碼 [PASSPORT]'],
    ['passport no. L01234567 expires', 'passport no. [PASSPORT] expires'],
    ['ip=179.177.214.91 blocked', 'ip=[IP_ADDRESS] blocked'],
    ['from 2001:db8:85a3::8a2e:370:7334.', 'from [IP_ADDRESS].'],
    ['{"id":"A123456789","card":"4111111111111111"}', '{"id":"[TW_ID]","card":"[CARD]"}'],
  ])('is taken out of %j', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    '料號A123456788庫存剩餘16件',
    '追蹤碼 4111111111111112 目前在轉運中心',
    '報表日期20210506，共25頁。',
    '案件編號0912345678待簽核',
    'order no. 0912-345-678 was shipped',
    '發票號碼 AB-12345678',
    '發票FA12345689',
    '本季營收 61,011,068 元，年增15%。',
    '書號 ISBN 978-986-735-520-4 已絕版',
    '請把套件升到 1.4.0.2，不要用 3.12.1。',
    '郵遞區號 11629 是哪一區？',
    '客服專線 0800-123-456',
    '雇主統編22099131',
    'π is 3.14159265358979323846',
    'Open 2001-2004, 09:00-17:30, room 12-345.',
    'localhost 127.0.0.1 and 192.168.1.10',
    'The order 4532 was shipped on 2024-03-12.',
    'See https://example.com/a/b?c=1 or mail@localhost',
    'aa:bb:cc:dd:ee:ff at 12:30:45',
    '1 2 3 4 5 6 7 8 9 10 11 12',
    'passport control is on the 2nd floor',
  ])('is not seen in %j', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('records a company number and a web address without touching them', () => {
    const stream = open()
    const text = '統編22099131，見 https://www.example.com/ 。'
    expect(stream.push(text) + stream.flush()).toBe(text)
    expect(stream.findings()).toEqual([
      { detector: 'personalData', kind: 'tw-company-number', start: 2, end: 10, severity: 'low' },
      { detector: 'personalData', kind: 'web-address', start: 13, end: 37, severity: 'low' },
    ])
  })
})
