// What the command line says to a slip of the pen, in both languages.

import { describe, expect, it } from 'vitest'
import { runHere } from './__fixtures__/run-here.js'

describe('a misspelt word', () => {
  it.each([
    ['desing', 'design'],
    ['design expalin', 'design explain'],
    ['design fit --modle x', '--model'],
    ['models pul', 'pull'],
    ['keys creat', 'create'],
    ['audit verfy', 'verify'],
    ['bench gatway', 'gateway'],
  ])('%s: did you mean %s?', async (written, meant) => {
    const english = await runHere(written.split(' '))
    const chinese = await runHere(written.split(' '), 'zh-TW')
    expect([english.status, chinese.status]).toEqual([2, 2])
    expect(english.err).toContain(`Did you mean ${meant}?`)
    expect(chinese.err).toContain(`您是不是要寫 ${meant}？`)
  })
})

describe('what the parser says itself', () => {
  it.each([
    'keys',
    'design whatif',
    'design fit --model',
    'design fit --lang xx',
    'design fit one two',
    'design fit --nonsense',
  ])('%s: is in the language of the reader', async (written) => {
    const { status, err } = await runHere(written.split(' '), 'zh-TW')
    expect(status).toBe(2)
    expect(err).toMatch(/^錯誤：/)
    expect(err).not.toMatch(/error|missing|invalid|allowed|expected/i)
  })

  it('has the help in it, too', async () => {
    const { out } = await runHere(['design', '--help'], 'zh-TW')
    expect(out).not.toMatch(/Usage|Options|Commands|Arguments|default|choices|display|print/)
  })
})
