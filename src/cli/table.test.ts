import { describe, expect, it } from 'vitest'
import { renderTable } from './table.js'

describe('a table', () => {
  it('aligns Chinese and Latin cells', () => {
    const text = renderTable(
      [{ title: '模型' }, { title: 'USD', align: 'right' }],
      [
        ['甲乙丙', '1'],
        ['ab', '1,000'],
      ],
    )
    expect(text).toBe(['模型      USD', '──────  ─────', '甲乙丙      1', 'ab      1,000'].join('\n'))
  })

  it('cuts a long cell at whole characters', () => {
    expect(renderTable([{ title: 'x', maxWidth: 4 }], [['甲乙丙']]).split('\n')[2]).toBe('甲…')
  })
})
