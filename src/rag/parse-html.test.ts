import { describe, expect, it } from 'vitest'
import { parseHtml } from './parse-html.js'

const page = `<!doctype html><html><head><title>Fees | Bank</title><style>p{}</style></head><body>
<header><a href="/">Bank</a></header><nav><ul><li>Menu</li></ul></nav>
<main><h1>Schedule of fees</h1>
<p>In force from 1&nbsp;July &amp; later.<br>See <a href="x.html">Cards</a>.</p>
<script>track()</script><p hidden>secret</p><div style="display: none">also secret</div>
<h2>Accounts</h2>
<table><caption>All accounts</caption><thead><tr><th>Item</th><th colspan="2">Fee</th></tr></thead>
<tbody><tr><td rowspan="2">Seal</td><td>new</td><td>NT$100</td></tr><tr><td>lost</td><td>NT$200</td></tr></tbody></table>
<ol><li>First<ul><li>inner | part</li></ul></li><li>Second</li></ol>
<pre>{
  "a": 1
}</pre></main><footer>Imprint</footer></body></html>`

describe('parseHtml', () => {
  it('writes what a reader sees of the main part, structured like Markdown', () => {
    const { text, title } = parseHtml(page, 'untitled')
    expect(title).toBe('Schedule of fees')
    expect(text).toBe(
      [
        '# Schedule of fees',
        'In force from 1 July & later.\nSee Cards.',
        '## Accounts',
        'All accounts',
        '| Item | Fee | Fee |\n| --- | --- | --- |\n| Seal | new | NT$100 |\n| Seal | lost | NT$200 |',
        '1. First\n  - inner | part\n2. Second',
        '```\n{\n  "a": 1\n}\n```',
      ].join('\n\n'),
    )
  })

  it('gives blocks whose spans hold their words', () => {
    const { text, blocks } = parseHtml(page, 'untitled')
    expect(blocks.map(({ kind }) => kind).join(' ')).toBe(
      'heading paragraph heading paragraph row row row item item item code',
    )
    for (const { start, end, plain, kind } of blocks)
      if (kind !== 'row') expect(text.slice(start, end)).toContain(plain)
    expect(blocks.filter(({ isHeader }) => isHeader).map(({ plain }) => plain)).toEqual(['Item | Fee | Fee'])
  })

  it('leaves navigation, header and footer out of a page that marks no main part', () => {
    const { text } = parseHtml(
      '<body><nav>Menu</nav><header>Bank</header><header><h1>費用</h1></header><p>手續費\n為 15 元。</p><footer>Imprint</footer></body>',
      'x',
    )
    expect(text).toBe('# 費用\n\n手續費為 15 元。')
  })

  it('walks through a table that only arranges the page', () => {
    const { text } = parseHtml(
      '<table><tr><td><h2>Left</h2><p>one</p></td><td><ul><li>two</li></ul></td></tr></table>',
      'x',
    )
    expect(text).toBe('## Left\n\none\n\n- two')
  })

  it('ends a heading that nobody closed at the next block', () => {
    const broken = '<h1>Fees<p>In force now.<table><tr><td>Seal<td>NT$100</table>'
    const { title, text } = parseHtml(broken, 'x')
    expect(title).toBe('Fees')
    expect(text).toContain('# Fees\n\nIn force now.')
    expect(text).toContain('| Seal | NT$100 |')
    expect(parseHtml('<h1><div>Fees</div></h1>', 'x').title).toBe('Fees')
  })

  it('reads a page nested deeper than the call stack', () => {
    const deep = `${'<div>'.repeat(30_000)}bottom${'</div>'.repeat(30_000)}`
    expect(parseHtml(deep, 'x').text).toBe('bottom')
  })
})
