// The messages of the command line, and the renderer of every room's.

import { defineMessages, errorFactory } from '../core/index.js'

export const cliMessages = defineMessages({
  'cli.file-not-found': {
    en: (p: { file: string; hint: string }) => `${p.file} was not found. ${p.hint}`,
    'zh-TW': (p) => `找不到 ${p.file}。${p.hint}`,
  },
  'cli.file-exists': {
    en: (p: { file: string }) =>
      `${p.file} exists already. Give another name with --output, or remove it first.`,
    'zh-TW': (p) => `${p.file} 已經存在。請用 --output 指定其他檔名，或先將它移除。`,
  },
  'cli.not-a-terminal': {
    en: (p: { alternative: string }) => `This command asks questions and needs a terminal. ${p.alternative}`,
    'zh-TW': (p) => `這個指令需要在終端機上回答問題。${p.alternative}`,
  },
  'cli.bad-argument': {
    en: (p: { detail: string }) => `${p.detail} See --help.`,
    'zh-TW': (p) => `${p.detail} 請見 --help。`,
  },
  'cli.secret-missing': {
    en: (p: { reference: string; where: string }) =>
      `${p.reference} (named in ${p.where}) has no value. Set the variable or create the file, then start again.`,
    'zh-TW': (p) => `${p.reference}（用於 ${p.where}）沒有值。請設定該變數或建立該檔案，然後重新啟動。`,
  },
})

export const cliError = errorFactory(cliMessages)
