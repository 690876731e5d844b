// The ways on the Pareto front as a picture: cost to the right, time upwards, quality as size, the choice ringed. SVG text
// out, without script or font; a list beside the picture names what the marks stand for.

import { formatMs, formatNumber, formatUsd, type Language } from '../../core/index.js'
import type { Candidate } from '../search/report.js'
import type { DesignFacts } from './design-facts.js'
import { type Box, type Mark, placeLabels, textWidth } from './place-labels.js'
import { createScale, type PlotScale } from './plot-scale.js'
import { plotStyle } from './plot-style.js'
import { recordMessage } from './record-messages.js'
import { createRecordWriter, type RecordWriter } from './record-writer.js'

const picture = { width: 1120, height: 560 }
const area: Box = { x: 90, y: 60, width: 560, height: 420 }
const list = { x: 690, y: 74, line: 32 }
/** Marks that the list has room for; the others are named by their titles alone. */
const listed = 12
const fontSize = 12
const radii = { least: 5, most: 13 }

/** @returns design.svg, ending with a newline */
export const paretoPlot = (
  { report, requirements }: Pick<DesignFacts, 'report' | 'requirements'>,
  language: Language,
): string => {
  const write = createRecordWriter(language)
  const chosen = report.chosen?.id ?? null
  const ways = frontWays(report.candidates, report.front, chosen)
  const name = requirements.name
  const title = write.text(recordMessage('planner.plot-title', { name, count: ways.length }))
  const description = write.text(recordMessage('planner.plot-description', { chosen, unit: 'USD' }))
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${picture.width} ${picture.height}" width="${picture.width}" height="${picture.height}" role="img" aria-labelledby="title description" lang="${language === 'en' ? 'en' : 'zh-Hant-TW'}">`,
    `<title id="title">${xmlText(title)}</title>`,
    `<desc id="description">${xmlText(description)}</desc>`,
    `<style>${plotStyle}</style>`,
    `<rect class="ground" width="${picture.width}" height="${picture.height}"/>`,
    text(area.x, 34, title, 'title'),
    ...(ways.length > 0 ? drawing(ways, chosen, write) : [emptyDrawing(write)]),
    '</svg>',
  ].join('\n')}\n`
}

interface Way {
  readonly id: string
  readonly kind: Candidate['kind']
  readonly costUsd: number
  readonly time: NonNullable<Candidate['latency']>['e2eP90Ms']
  readonly quality: number
}

/** Those of the front with a price and a time: first the ones that are listed, the choice at their head. */
const frontWays = (
  candidates: readonly Candidate[],
  front: readonly string[],
  chosen: string | null,
): readonly Way[] => {
  const ids = new Set(front)
  const ways = candidates
    .flatMap(({ id, kind, costPerMonthUsd, latency, qualityScore }): Way[] =>
      ids.has(id) && costPerMonthUsd !== null && latency
        ? [{ id, kind, costUsd: costPerMonthUsd, time: latency.e2eP90Ms, quality: qualityScore?.value ?? 0 }]
        : [],
    )
    .sort((a, b) => a.costUsd - b.costUsd || (a.id < b.id ? -1 : 1))
  const named = namedWays(ways, chosen)
  const shown = ways.filter((way) => named.has(way) && way.id !== chosen)
  return [...ways.filter(({ id }) => id === chosen), ...shown, ...ways.filter((way) => !named.has(way))]
}

/** Of many, those worth a name: the choice, the ends of each axis and kind, and others evenly along the cost. */
const namedWays = (ways: readonly Way[], chosen: string | null): ReadonlySet<Way> => {
  const least = (by: (way: Way) => number, among = ways) =>
    [...among].sort((a, b) => by(a) - by(b)).slice(0, 1)
  const ends = [
    ...ways.filter(({ id }) => id === chosen),
    ...least(({ costUsd }) => costUsd),
    ...least(({ time }) => time.value),
    ...least(({ quality }) => -quality),
    ...(['self-hosted', 'hosted-api'] as const).flatMap((kind) =>
      least(
        ({ costUsd }) => costUsd,
        ways.filter((way) => way.kind === kind),
      ),
    ),
  ]
  const named = new Set(ends)
  const step = Math.max(1, Math.floor(ways.length / listed))
  for (const [index, way] of ways.entries()) {
    if (named.size >= listed) break
    if (index % step === 0) named.add(way)
  }
  return named
}

const emptyDrawing = (write: RecordWriter): string =>
  text(area.x, area.y + 40, write.text(recordMessage('planner.plot-empty', {})))

const drawing = (ways: readonly Way[], chosen: string | null, write: RecordWriter): readonly string[] => {
  const x = createScale(
    ways.map(({ costUsd }) => costUsd),
    area.x,
    area.x + area.width,
  )
  const y = createScale(
    ways.flatMap(({ time }) => [time.low, time.value, time.high]),
    area.y + area.height,
    area.y,
  )
  const radius = radiusOf(ways)
  const marks = ways.map(
    (way, i): Mark => ({
      x: x.at(way.costUsd),
      y: y.at(way.time.value),
      radius: radius(way),
      label: i < listed ? String(i + 1) : '',
    }),
  )
  return [
    ...axes(x, y, write),
    ...ways.map((way, i) => whisker(way, marks[i], y)),
    ...ways.map((way, i) => circle(way, marks[i])),
    ...(chosen !== null && ways[0]?.id === chosen && marks[0] ? [ring(marks[0])] : []),
    ...numbers(marks.slice(0, listed), marks.slice(listed)),
    ...names(ways, chosen, write),
    ...key(ways, write),
  ]
}

const radiusOf = (ways: readonly Way[]) => {
  const scores = ways.map(({ quality }) => quality)
  const [low, high] = [Math.min(...scores), Math.max(...scores)]
  const { least, most } = radii
  return ({ quality }: Way) => (high > low ? least + ((quality - low) / (high - low)) * (most - least) : 8)
}

const axes = (x: PlotScale, y: PlotScale, write: RecordWriter): readonly string[] => {
  const bottom = area.y + area.height
  const right = area.x + area.width
  const middle = area.y + area.height / 2
  return [
    ...x.ticks.map((value) => line('grid', x.at(value), area.y, x.at(value), bottom)),
    ...y.ticks.map((value) => line('grid', area.x, y.at(value), right, y.at(value))),
    `<path class="axis" d="M${area.x} ${area.y}V${bottom}H${right}"/>`,
    ...x.ticks.map((value) => text(x.at(value), bottom + 18, formatUsd(value), 'tick', 'middle')),
    ...y.ticks.map((value) => text(area.x - 8, y.at(value) + 4, formatMs(value), 'tick', 'end')),
    text(
      area.x + area.width / 2,
      bottom + 42,
      write.text(recordMessage('planner.plot-x', {})),
      'label',
      'middle',
    ),
    `<text class="label" text-anchor="middle" transform="translate(18 ${middle}) rotate(-90)">${xmlText(write.text(recordMessage('planner.plot-y', {})))}</text>`,
  ]
}

const whisker = ({ time }: Way, mark: Mark | undefined, y: PlotScale): string =>
  mark ? line('whisker', mark.x, y.at(time.low), mark.x, y.at(time.high)) : ''

const circle = (way: Way, mark: Mark | undefined): string => {
  if (!mark) return ''
  const { id, kind, costUsd, time, quality } = way
  const tip = `${id}: ${formatUsd(costUsd)}, ${formatMs(time.value)} (${formatMs(time.low)} - ${formatMs(time.high)}), MMLU-Pro ${formatNumber(quality)}`
  return `<circle class="mark ${kind}" cx="${r(mark.x)}" cy="${r(mark.y)}" r="${r(mark.radius)}"><title>${xmlText(tip)}</title></circle>`
}

const ring = ({ x, y, radius }: Mark): string =>
  `<circle class="chosen" cx="${r(x)}" cy="${r(y)}" r="${r(radius + 4)}"/>`

/** Numbers of the listed marks, with a line to those that found room only farther away. */
const numbers = (marks: readonly Mark[], others: readonly Mark[]): readonly string[] => {
  const boxes = placeLabels([...marks, ...others], { area, size: fontSize })
  return marks.flatMap((mark, i) => {
    const box = boxes[i]
    if (!box) return []
    const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2]
    const isFar = Math.hypot(cx - mark.x, cy - mark.y) > mark.radius + 18
    return [
      ...(isFar ? [line('whisker', mark.x, mark.y, cx, cy)] : []),
      text(cx, box.y + box.height - 2, mark.label, i === 0 ? 'number chosen-label' : 'number', 'middle'),
    ]
  })
}

const names = (ways: readonly Way[], chosen: string | null, write: RecordWriter): readonly string[] =>
  ways.slice(0, listed).flatMap(({ id, costUsd, time }, i) => {
    const isChosen = id === chosen
    const y = list.y + i * list.line
    const suffix = isChosen ? ` (${write.text(recordMessage('planner.plot-chosen', {}))})` : ''
    return [
      text(
        list.x,
        y,
        cut(`${i + 1}  ${id}`, suffix, picture.width - list.x - 10),
        isChosen ? 'name chosen-label' : 'name',
      ),
      text(list.x + 16, y + 14, `${formatUsd(costUsd)}, ${formatMs(time.value)}`, 'name'),
    ]
  })

/** As much of the text as the width holds, and always the suffix. */
const cut = (words: string, suffix: string, width: number): string => {
  if (textWidth(words + suffix, fontSize) <= width) return words + suffix
  let kept = words
  while (kept.length > 1 && textWidth(`${kept}…${suffix}`, fontSize) > width) kept = kept.slice(0, -1)
  return `${kept}…${suffix}`
}

/** What colour and size say. */
const key = (ways: readonly Way[], write: RecordWriter): readonly string[] => {
  const y = picture.height - 16
  const scores = ways.map(({ quality }) => quality)
  let x = area.x
  const parts: string[] = []
  for (const kind of ['self-hosted', 'hosted-api'] as const) {
    if (!ways.some((way) => way.kind === kind)) continue
    const label = write.text(recordMessage(`planner.plot-${kind}`, {}))
    parts.push(
      `<circle class="key ${kind}" cx="${x + 6}" cy="${y - 4}" r="6"/>`,
      text(x + 18, y, label, 'key-label'),
    )
    x += 18 + textWidth(label, fontSize) + 20
  }
  const size = recordMessage('planner.plot-size', { low: Math.min(...scores), high: Math.max(...scores) })
  return [...parts, text(x, y, write.text(size), 'key-label')]
}

const r = (value: number): string => String(Math.round(value * 10) / 10)

const line = (kind: string, x1: number, y1: number, x2: number, y2: number): string =>
  `<line class="${kind}" x1="${r(x1)}" y1="${r(y1)}" x2="${r(x2)}" y2="${r(y2)}"/>`

const text = (x: number, y: number, words: string, kind = 'note', anchor = 'start'): string =>
  `<text class="${kind}" x="${r(x)}" y="${r(y)}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${xmlText(words)}</text>`

const xmlText = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
