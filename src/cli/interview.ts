// The interview of `init`: asks on a terminal what a draft of requirements needs to know.

import { text as ask, cancel, group, intro, multiselect, outro, select } from '@clack/prompts'
import type { Language } from '../core/index.js'
import { presets, type RequirementsDraft, type UseCaseKind } from '../spec/index.js'

const kindLabels: Readonly<Record<UseCaseKind, Readonly<Record<Language, string>>>> = {
  'rag-qa': { en: 'Questions about our documents', 'zh-TW': '回答文件裡的問題' },
  chat: { en: 'Conversation', 'zh-TW': '對話' },
  extraction: { en: 'Documents to structured records', 'zh-TW': '把文件轉成結構化資料' },
  coding: { en: 'Writing code', 'zh-TW': '寫程式' },
  agent: { en: 'Tasks with tools over many steps', 'zh-TW': '使用工具、多步驟的任務' },
  classification: { en: 'Short texts into classes', 'zh-TW': '短文分類' },
}

/** Asks; ends the process with status 130 when the reader gives up. */
export const interview = async (language: Language, defaultName: string): Promise<RequirementsDraft> => {
  const say = (en: string, zhTW: string) => (language === 'en' ? en : zhTW)
  const positive = (value: string | undefined) =>
    value && Number(value) > 0 ? undefined : say('A number above 0, please.', '請輸入大於 0 的數字。')
  intro(say('What must the system do?', '這個系統要做什麼？'))
  const answers = await group(
    {
      name: () =>
        ask({
          message: say('Its name (a-z, 0-9, -)', '名稱（a-z、0-9、-）'),
          initialValue: defaultName,
          validate: (v) =>
            /^[a-z][a-z0-9-]*$/.test(v ?? '')
              ? undefined
              : say('Small letters, digits and hyphens.', '限小寫英文、數字與連字號。'),
        }),
      kind: () =>
        select({
          message: say('Use case', '使用情境'),
          options: (Object.keys(presets) as UseCaseKind[]).map((kind) => ({
            value: kind,
            label: kindLabels[kind][language],
            hint: kind,
          })),
        }),
      languages: () =>
        multiselect({
          message: say('Languages of the people who ask', '使用者的語言'),
          options: [
            { value: 'en', label: 'English' },
            { value: 'zh-TW', label: '繁體中文' },
          ],
          initialValues: [language as string],
        }),
      peak: () =>
        ask({
          message: say('Requests per second at the busiest time', '尖峰時每秒有幾個請求'),
          initialValue: '1',
          validate: positive,
        }),
      ttft: ({ results }) =>
        ask({
          message: say(
            'Time to the first token under that load, P95, in ms',
            '該負載下首個詞元時間的 P95（毫秒）',
          ),
          initialValue: String(presets[results.kind as UseCaseKind].ttftMs),
          validate: positive,
        }),
      budget: () =>
        ask({
          message: say('Budget in US dollars per month', '每月預算（美元）'),
          initialValue: '5000',
          validate: positive,
        }),
      personalData: () =>
        select<'redact' | 'block' | 'allow'>({
          message: say('Personal data in questions', '問題裡的個人資料'),
          options: [
            { value: 'redact', label: say('redact', '遮蔽') },
            { value: 'block', label: say('refuse the request', '拒絕請求') },
            { value: 'allow', label: say('let through', '放行') },
          ],
        }),
      hosting: () =>
        multiselect<'self-hosted' | 'hosted-api'>({
          message: say('Where may models run?', '模型可以在哪裡執行？'),
          options: [
            { value: 'self-hosted', label: say('on machines of our own', '自己的機器') },
            { value: 'hosted-api', label: say('hosted APIs', '託管 API') },
          ],
          initialValues: ['self-hosted', 'hosted-api'],
        }),
      knowledge: ({ results }) =>
        results.kind === 'rag-qa'
          ? ask({ message: say('Folder of the documents', '文件所在的資料夾'), initialValue: './documents' })
          : Promise.resolve(undefined),
    },
    {
      onCancel: () => {
        cancel(say('Nothing was written.', '沒有寫入任何檔案。'))
        process.exit(130)
      },
    },
  )
  outro(say('Thank you.', '謝謝。'))
  return {
    name: answers.name,
    kind: answers.kind,
    languages: answers.languages,
    peakRequestsPerSecond: Number(answers.peak),
    ttftMs: Number(answers.ttft),
    monthlyUsd: Number(answers.budget),
    personalData: answers.personalData,
    hosting: answers.hosting,
    ...(typeof answers.knowledge === 'string' ? { knowledgeSource: answers.knowledge } : {}),
  }
}
