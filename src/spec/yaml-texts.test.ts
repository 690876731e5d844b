import { describe, expect, it } from 'vitest'
import { createRenderer } from '../core/index.js'
import { specMessages } from './messages.js'
import { readYaml } from './yaml-document.js'

/** What a reader of Chinese is told of a file, each problem with its line. */
const told = (text: string) => {
  const render = createRenderer(specMessages)
  return readYaml(text).problems.map(({ line, message }) => `${line} ${render(message, 'zh-TW')}`)
}
/** Without words of ours in quotes, signs of YAML and the name of the format. */
const english = (text: string) =>
  /[A-Za-z]{3,}/.exec(
    text
      .replaceAll('YAML', '')
      .replaceAll('tab', '')
      .replace(/「[^」]*」/g, ''),
  )

describe('a file nested deeper than the call stack', () => {
  it.each(['[', '{a: ', '[{a: '])('is one problem: %s', (bracket) => {
    expect(readYaml(`a: ${bracket.repeat(20_000)}`).problems).toMatchObject([
      { message: { code: 'spec.too-deep' } },
    ])
  })
})

describe('broken YAML, in Chinese', () => {
  it.each([
    ['indentation', 'a:\n  b: 1\n c: 2', '3 不是有效的 YAML：同一層的鍵必須對齊同一欄。'],
    ['a key twice', 'a: 1\na: 2', '2 不是有效的 YAML：同一個鍵出現兩次。'],
    ['a double quote', 'a: "x', '1 不是有效的 YAML：引號 " 沒有結束。'],
    ['a single quote', "a: 'x", "1 不是有效的 YAML：引號 ' 沒有結束。"],
    ['a tab', 'a:\n\tb: 1', /^2 .*定位字元/],
    ['words after a text', 'a: "x" y', '1 不是有效的 YAML：值已結束，後面卻還有文字；請將整段文字加上引號。'],
    ['an apostrophe', "a: 'it's'", '1 不是有效的 YAML：值已結束，後面卻還有文字；請將整段文字加上引號。'],
    ['an alias', 'a: *nothing', /^1 .*nothing/],
    ['a bracket', 'a: [1, 2\nb: 3', '2 不是有效的 YAML：括號沒有以「]」結束，或縮排不足。'],
    ['a brace too many', '{a: 1}}', '1 不是有效的 YAML：此處不該有「}」。'],
    ['a colon', 'a: b: c', /兩個「: 」/],
    ['a list', 'a: - b', /清單的「-」不可與鍵同一行/],
    ['a reserved character', 'a: @b', '1 不是有效的 YAML：值不可以「@」開頭，請加上引號。'],
    ['an escape', 'a: "\\q"', /不認得「\\q」/],
    ['brackets without end', `a: ${'['.repeat(20_000)}`, /層數過深/],
    ['a second document', 'a: 1\n---\nb: 1', /第二份文件/],
  ])('names %s', (_, text, expected) => {
    const [first = ''] = told(text)
    expect(first).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
  })

  it.each([
    'a:b\nc: 1',
    'a: 1\n  b: 2',
    'a: {x: 1\nb: 3',
    '- a\nb: 1',
    'a: `b',
    'a: %b',
    'a: |x\n b',
    'a: ]',
    '# T\n\nSome *text* here\n* more: x\n',
    '- - a\n -b: 1',
    'a: |\n   \n b: 1',
    'a: & b',
    'a: [,]',
    'a: "x": 1',
    'a: [{b: 1} {c: 2}]',
    'a: b#c\n"d" #e',
    '"a"#b: 1',
  ])('has no English of the parser in it: %j', (text) => {
    for (const said of told(text)) expect(english(said), said).toBeNull()
  })

  it('says whose words they are where it has none of its own', () => {
    const message = { code: 'spec.not-yaml', params: { detail: 'Something new' } }
    expect(createRenderer(specMessages)(message, 'zh-TW')).toBe(
      '不是有效的 YAML：YAML 解析器說「Something new」。',
    )
  })
})
