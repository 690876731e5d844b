import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { languages } from '../../core/index.js'
import { candidateOf, reportOf } from '../__fixtures__/candidate-of.js'
import { requirementsOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { paretoPlot } from './pareto-plot.js'
import { type Box, overlaps, placeLabels, textWidth } from './place-labels.js'
import { createScale } from './plot-scale.js'

const catalogue = loadCatalogue()
const requirements = requirementsOf({ performance: { targets: [targetOf('ttft', 800)] } })
const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })

/** Every tag in order, with whether the text is well-formed XML: each tag closed, entities and quotes as they must be. */
const parse = (xml: string) => {
  const open: string[] = []
  const tags: string[] = []
  const rest = xml
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (_, close, name, _attributes, self) => {
      if (close) expect(open.pop()).toBe(name)
      else if (!self) open.push(name)
      if (!close) tags.push(name)
      return ''
    })
  expect(open).toEqual([])
  expect(rest).not.toMatch(/[<]|&(?!amp;|lt;|gt;|quot;)/)
  return tags
}

const size = 12
const decode = (text: string) => text.replace(/&(amp|lt|gt|quot);/g, 'x')
/** Boxes of all texts that stand upright, as wide as their characters at most. */
const textBoxes = (svg: string): (Box & { text: string })[] =>
  [
    ...svg.matchAll(/<text class="([\w -]+)" x="([\d.-]+)" y="([\d.-]+)"(?: text-anchor="(\w+)")?>([^<]*)</g),
  ].map(([, kind = '', x, y, anchor = 'start', text = '']) => {
    const height = kind === 'title' ? 16 : size
    const width = textWidth(decode(text), height)
    const left = Number(x) - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0)
    return { x: left, y: Number(y) - height + 2, width, height, text }
  })

describe.each(languages)('the plot of the front in %s', (language) => {
  const svg = paretoPlot({ report, requirements }, language)

  it('is well-formed, with a title and a description', () => {
    const tags = parse(svg)
    expect(tags.slice(0, 3)).toEqual(['svg', 'title', 'desc'])
    expect(svg).toContain('aria-labelledby="title description"')
    expect(svg).toMatch(/prefers-color-scheme: dark/)
  })

  it('marks each way on the front, with its name, and rings the choice', () => {
    expect(report.front.length).toBeGreaterThan(3)
    const marks = [...svg.matchAll(/<circle class="mark [^>]*><title>([^<]*): /g)].map(([, name]) => name)
    expect([...marks].sort()).toEqual([...report.front].sort())
    expect(svg.match(/<circle class="chosen"/g)).toHaveLength(
      report.front.includes(report.chosen?.id ?? '') ? 1 : 0,
    )
    expect(svg).toMatch(language === 'en' ? /Cost, USD a month/ : /費用，每月美元/)
  })

  it('has no text over another, nor outside of the picture', () => {
    const boxes = textBoxes(svg)
    expect(boxes.length).toBeGreaterThan(20)
    for (const [i, box] of boxes.entries()) {
      expect(box.x + box.width, box.text).toBeLessThanOrEqual(1120)
      expect(box.x, box.text).toBeGreaterThanOrEqual(0)
      for (const other of boxes.slice(i + 1))
        expect(overlaps(box, other), `${box.text} over ${other.text}`).toBe(false)
    }
  })
})

describe('the plot', () => {
  it('of nothing says that nothing meets the requirements', () => {
    const svg = paretoPlot({ report: reportOf([]), requirements }, 'en')
    parse(svg)
    expect(svg).toContain('Nothing meets the requirements')
    expect(svg).not.toContain('<circle')
  })

  it('of owned hardware, which costs nothing, and of names that XML would trip over, is drawn', () => {
    const candidates = ['a < b & "c"', 'd'].map((id) => candidateOf(id, { costPerMonthUsd: 0 }))
    const svg = paretoPlot({ report: reportOf(candidates, ['a < b & "c"', 'd']), requirements }, 'en')
    parse(svg)
    expect(svg.match(/class="mark/g)).toHaveLength(2)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })
})

describe('labels', () => {
  it('of marks in one place stand apart', () => {
    const marks = Array.from({ length: 10 }, (_, i) => ({ x: 100, y: 100, radius: 6, label: String(i) }))
    const boxes = placeLabels(marks, { area: { x: 0, y: 0, width: 200, height: 200 }, size })
    expect(boxes.every((box) => box !== null)).toBe(true)
    for (const [i, box] of boxes.entries())
      for (const other of boxes.slice(i + 1)) expect(box && other && overlaps(box, other)).toBe(false)
  })

  it('that find no room are left out', () => {
    const area = { x: 0, y: 0, width: 14, height: 14 }
    expect(placeLabels([{ x: 7, y: 7, radius: 7, label: '1' }], { area, size })).toEqual([null])
  })
})

describe('an axis', () => {
  it('goes by factors where values lie far apart, and by steps where they do not', () => {
    const far = createScale([100, 10_000], 0, 100)
    expect(far.at(1000)).toBeCloseTo(50, 6)
    expect(far.ticks).toEqual([100, 200, 500, 1000, 2000, 5000, 10_000])
    const near = createScale([100, 200], 0, 100)
    expect(near.at(150)).toBeCloseTo(50, 6)
    expect(near.ticks).toEqual([100, 150, 200])
  })

  it('has room for one value, and for none but zero', () => {
    expect(createScale([5], 0, 100).at(5)).toBeCloseTo(50, 6)
    const zero = createScale([0, 0], 0, 100)
    expect(zero.at(0)).toBe(0)
    expect(zero.ticks.every(Number.isFinite)).toBe(true)
  })
})
