// What the command line says to a slip of the pen, in both languages.

import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { runHere } from './__fixtures__/run-here.js'
import type { CommandContext } from './command-context.js'
import { registerCommands } from './commands.js'

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

const all = new Command('llm-architect')
const text = (en: string) => en
await registerCommands(all, { text, language: 'en' } as unknown as CommandContext, [])

describe('with --json, what the parser says', () => {
  const namesOf = (group: Command, before: string): readonly (readonly [string, Command])[] =>
    group.commands.flatMap((command) => {
      const name = `${before} ${command.name()}`.trim()
      return [[name, command] as const, ...namesOf(command, name)]
    })
  const commands = namesOf(all, '')
  const wanting = commands.flatMap(([name, command]) =>
    command.options.filter(({ required }) => required).map(({ long }) => [name, long ?? ''] as const),
  )
  /** The one document on standard output. */
  const errorOf = async (args: readonly string[], language: 'en' | 'zh-TW' = 'en') => {
    const { status, out } = await runHere(args, language)
    expect([status, out.trimEnd().split('\n').length], args.join(' ')).toEqual([2, 1])
    return (JSON.parse(out) as { error: { code: string; message: string } }).error
  }

  it('is asked of every command', () => {
    expect([commands.length > 20, wanting.length > 60]).toEqual([true, true])
  })

  it.each(['', ...commands.map(([name]) => name)])('is a JSON document too: %s --nonsense', async (name) => {
    const words = name.split(' ').filter(Boolean)
    const { code, message } = await errorOf([...words, '--nonsense', '--json'])
    expect([code, message]).toEqual([
      'cli.bad-argument',
      expect.stringMatching(/^(Unknown option '--nonsense'|Required option '--).* See --help\.$/),
    ])
  })

  it('also of an option without its value, of each command', async () => {
    for (const [name, option] of wanting) {
      const { code, message } = await errorOf([...name.split(' '), '--json', option])
      expect([code, message], name).toEqual(['cli.bad-argument', expect.stringContaining(option)])
    }
  })

  it.each([
    ['desing', /^Unknown command 'desing' \(Did you mean design\?\)\. See/],
    ['keys', /^Missing required argument/],
    ['design whatif', /^Required option '--set/],
    ['assess one two', /^Too many arguments/],
    ['design --lang xx', /xx.*Allowed choices/],
    ['', /^No command/],
  ])('is said of %s', async (written, said) => {
    expect((await errorOf([...written.split(' ').filter(Boolean), '--json'])).message).toMatch(said)
  })

  it('is in the language of the reader', async () => {
    const { message } = await errorOf(['design', 'fit', '--modle', 'x', '--json'], 'zh-TW')
    expect(message).toBe('沒有選項「--modle」（您是不是要寫 --model？）。請見 --help。')
  })
})
