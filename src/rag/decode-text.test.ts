import { describe, expect, it } from 'vitest'
import { decodeText } from './decode-text.js'

const text = { isHtml: false }
const html = { isHtml: true }

describe('decodeText', () => {
  it('follows a byte order mark and leaves it out', () => {
    expect(decodeText(Buffer.from('\ufeff費用', 'utf8'), text)).toBe('費用')
    expect(decodeText(Buffer.from('\ufeff費用', 'utf16le'), text)).toBe('費用')
  })

  it('follows the meta tag of a page', () => {
    const big5 = Buffer.concat([
      Buffer.from('<meta charset="big5"><p>'),
      Buffer.from([0xa4, 0xa4, 0xa4, 0xe5]),
    ])
    expect(decodeText(big5, html)).toBe('<meta charset="big5"><p>中文')
  })

  it('brings line ends together', () => {
    expect(decodeText(Buffer.from('a\r\nb\rc\n'), text)).toBe('a\nb\nc\n')
  })

  it.each([
    ['bytes of another encoding', Buffer.from([0xa4, 0xa4, 0xa4, 0xe5])],
    ['binary content', Buffer.from('GIF89a\0\0')],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeText(bytes, text)).toThrow(expect.objectContaining({ code: 'rag.file-not-text' }))
  })

  it('refuses an encoding that does not exist', () => {
    expect(() => decodeText(Buffer.from('<meta charset=klingon>'), html)).toThrow('klingon')
  })
})
