// The first document of a new project, so that every command works before there are others.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import type { Language } from '../core/index.js'

const texts: Readonly<Record<Language, string>> = {
  en: `# Sample document

Replace this file with your own documents, in Markdown or HTML. It is here so that the first question has an answer.

## Opening hours

The office is open from 9:00 to 17:30 on weekdays, and closed on public holidays.
`,
  'zh-TW': `# 範例文件

請以您自己的文件取代這個檔案，格式為 Markdown 或 HTML。有了它，第一個問題就有答案。

## 營業時間

辦公室平日 9:00 至 17:30 開放，國定假日休息。
`,
}

/**
 * Makes the folder of documents with one document in it.
 * @param source as requirements.yaml names it, relative to `directory`
 * @returns the document; undefined where the folder exists already or lies outside `directory`
 */
export const writeSampleDocument = (
  directory: string,
  source: string,
  language: Language,
): string | undefined => {
  const inside = normalize(source)
  if (isAbsolute(inside) || inside.split(/[\\/]/)[0] === '..') return undefined
  const folder = join(directory, inside)
  if (existsSync(folder)) return undefined
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'sample.md')
  writeFileSync(file, texts[language], { flag: 'wx' })
  return file
}
