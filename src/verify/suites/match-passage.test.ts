import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankOfAnswer } from './match-passage.js'

const expected = [
  { path: 'zh-TW/fees.html', quote: '每張 100 元，晶片自然故障免收' },
  { path: 'en/fees.html', quote: 'NT$100 per card' },
]

describe('a passage that answers', () => {
  it('counts at its rank, whichever of the expected passages it is', () => {
    const hits = [
      { path: 'en/fees.html', text: 'Something else' },
      { path: 'en/fees.html', text: '| Replacement | **NT$100** per card |' },
      { path: 'zh-TW/fees.html', text: '每張 100 元，晶片自然故障免收' },
    ]
    expect(rankOfAnswer(hits, expected)).toBe(2)
  })

  it('has to be of the right document', () => {
    expect(rankOfAnswer([{ path: 'en/other.md', text: 'NT$100 per card' }], expected)).toBeUndefined()
  })

  it('counts when a cut left most of the quote in it, and not when it left a few letters', () => {
    const quote = 'the fee for a replacement card is one hundred dollars'
    const at = (text: string) => rankOfAnswer([{ path: 'a.md', text }], [{ path: 'a.md', quote }])
    expect(at('Before that. The fee for a replacement card is one hundred')).toBe(1)
    expect(at('one hundred dollars. After that.')).toBeUndefined()
    expect(at('Before that. The fee')).toBeUndefined()
  })

  it('is found wherever a passage holds the quote, however it is spaced', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 20 }), (before, after, spaces) => {
        const text = `${before} 每張${' '.repeat(spaces)}100 元，晶片自然\n故障免收 ${after}`
        expect(rankOfAnswer([{ path: 'zh-TW/fees.html', text }], expected)).toBe(1)
      }),
    )
  })
})
