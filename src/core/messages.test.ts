import { describe, expect, it } from 'vitest'
import { errorFactory, reviveError } from './errors.js'
import { createRenderer, defineMessages } from './messages.js'

const messages = defineMessages({
  'test.locked': {
    en: (p: { directory: string }) => `${p.directory} is in use.`,
    'zh-TW': (p) => `${p.directory} 正在使用中。`,
  },
  'test.count': {
    en: (p: { count: number }) => `${p.count} left`,
    'zh-TW': (p) => `剩下 ${p.count} 個`,
  },
})

describe('messages', () => {
  it('render in both languages', () => {
    const render = createRenderer(messages)
    const error = errorFactory(messages)('test.locked', { directory: '/data' })
    expect(render(error, 'en')).toBe('/data is in use.')
    expect(render(error, 'zh-TW')).toBe('/data 正在使用中。')
    expect(error.message).toBe('/data is in use.')
  })

  it('refuse wrong parameters and a missing language at compile time', () => {
    // @ts-expect-error the parameter is called directory
    errorFactory(messages)('test.locked', { folder: '/data' })
    // @ts-expect-error zh-TW is missing
    defineMessages({ 'test.one': { en: (p: { a: string }) => p.a } })
    expect(Object.keys(messages)).toHaveLength(2)
  })

  it('cross a process boundary', () => {
    const error = errorFactory(messages)('test.count', { count: 3 }, { retryable: true })
    const revived = reviveError(JSON.parse(JSON.stringify(error)))
    expect(revived).toMatchObject({
      code: 'test.count',
      params: { count: 3 },
      retryable: true,
      message: '3 left',
    })
  })

  it('render an unknown code as itself', () => {
    expect(createRenderer()({ code: 'x.y', params: { a: 1 } }, 'en')).toBe('x.y {"a":1}')
  })
})
