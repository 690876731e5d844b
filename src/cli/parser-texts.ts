// What the parser of the command line writes itself, in Traditional Chinese. Knows no command.

import type { Command } from 'commander'
import type { Language } from '../core/index.js'

/** Its errors, as commander 15 words them. */
const errors: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown option '(.+)'$/m, '錯誤：沒有選項「$1」'],
  [/^error: unknown command '(.+)'$/m, '錯誤：沒有指令「$1」'],
  [/^\(Did you mean (?:one of )?(.+)\?\)$/m, '（您是不是要寫 $1？）'],
  [/^error: missing required argument '(.+)'$/m, '錯誤：缺少引數「$1」'],
  [/^error: option '(.+)' argument missing$/m, '錯誤：選項「$1」缺少值'],
  [/^error: required option '(.+)' not specified$/m, '錯誤：必須指定選項「$1」'],
  [
    /^error: option '(.+)' argument '(.*)' is invalid\. Allowed choices are (.+)\.$/m,
    '錯誤：選項「$1」不接受「$2」，可用：$3。',
  ],
  [
    /^error: too many arguments(?: for '.+')?\. Expected (\d+) arguments? but got (\d+): (.+)\.$/m,
    '錯誤：引數過多：至多 $1 個，卻有 $2 個（$3）。',
  ],
]

const errorInChinese = (written: string): string =>
  errors.reduce((text, [pattern, chinese]) => {
    const found = pattern.exec(text)
    if (!found) return text
    const said = chinese.replace(/\$(\d)/g, (_, group) => (found[Number(group)] ?? '').replaceAll(', ', '、'))
    return text.replace(found[0], () => said)
  }, written)

/**
 * An error of the parser as one sentence.
 * @param written as commander words it: `error: unknown option '--modle'`, and perhaps a suggestion on a line of its own
 */
export const parserError = (written: string, language: Language): string => {
  if (language === 'zh-TW')
    return `${errorInChinese(written).replace('錯誤：', '').replaceAll('\n', '').replace(/。$/, '')}。`
  const said = written
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '')
  return `${said.slice(0, 1).toUpperCase()}${said.slice(1)}.`
}

const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '引數：',
  'Options:': '選項：',
  'Commands:': '指令：',
}

const describedInChinese = (written: string): string =>
  written.replace('(choices: ', '(可用：').replace('(default: ', '(預設：')

/** For a command and all that are made of it afterwards. */
export const speakChinese = (command: Command): Command =>
  command
    .configureOutput({ outputError: (written, write) => write(errorInChinese(written)) })
    .configureHelp({
      styleTitle: (title) => titles[title] ?? title,
      styleOptionDescription: describedInChinese,
      styleArgumentDescription: describedInChinese,
    })
    .helpOption('-h, --help', '顯示說明')
