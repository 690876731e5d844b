// Holds examples/bank-support to what its read-me promises: counts, verbatim quotes, honest paraphrases, near misses
// that are really missing, links that resolve. Reads the files as published; knows nothing of the running system.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse as parseHtml } from 'parse5'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { requirementsSchema } from '../src/spec/index.js'

const root = fileURLToPath(new URL('../examples/bank-support/', import.meta.url))
const handbook = join(root, 'handbook')

interface Heading {
  readonly offset: number
  readonly text: string
}

interface Page {
  readonly path: string
  readonly text: string
  readonly headings: readonly Heading[]
  readonly links: readonly string[]
}

interface Expected {
  readonly path: string
  readonly quote: string
}

interface RetrievalRow {
  readonly id: string
  readonly lang: string
  readonly question: string
  readonly expected: readonly Expected[]
  readonly answer: string
  readonly match: string
  readonly accepted: readonly string[]
  readonly paraphrase: boolean
  readonly crossLingual?: boolean
}

interface AnswerRow {
  readonly id: string
  readonly lang: string
  readonly question: string
  readonly match: string
  readonly accepted: readonly unknown[]
  readonly path: string
}

interface UnanswerableRow {
  readonly id: string
  readonly lang: string
  readonly question: string
  readonly nearMiss: boolean
  readonly missing?: string
}

interface PromptRow {
  readonly id: string
  readonly lang: string
  readonly text: string
  readonly label: number
  readonly category: string
}

const collapse = (text: string): string => text.replace(/\s+/g, ' ')

function readHtmlPage(path: string, source: string): Page {
  let text = ''
  const headings: Heading[] = []
  const links: string[] = []
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if (defaultTreeAdapter.isTextNode(node)) text = collapse(text + node.value)
    if (!('childNodes' in node)) return
    const name = defaultTreeAdapter.isElementNode(node) ? node.tagName : ''
    if (name === 'script' || name === 'style' || name === 'head') return
    const href = 'attrs' in node ? node.attrs.find((attribute) => attribute.name === 'href') : undefined
    if (href) links.push(href.value)
    const offset = text.length
    for (const child of node.childNodes) visit(child)
    if (/^h[1-6]$/.test(name)) headings.push({ offset, text: text.slice(offset).trim() })
    if (!['a', 'code', 'em', 'strong', 'b', 'i', 'span'].includes(name)) text = collapse(`${text} `)
  }
  visit(parseHtml(source))
  return { path, text, headings, links }
}

function readMarkdownPage(path: string, source: string): Page {
  const headings = [...source.matchAll(/^#{1,6} (.+)$/gm)].map((match) => ({
    offset: match.index,
    text: match[1] ?? '',
  }))
  const links = [...source.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '')
  return { path, text: source, headings, links }
}

const pages = readdirSync(handbook, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(md|html)$/.test(path))
  .sort()
  .map((path) => {
    const source = readFileSync(join(handbook, path), 'utf8')
    return path.endsWith('.html') ? readHtmlPage(path, source) : readMarkdownPage(path, source)
  })

function pageAt(path: string): Page {
  const page = pages.find((candidate) => candidate.path === path)
  if (!page) throw new Error(`no page ${path}`)
  return page
}

function readRows<Row>(name: string): Row[] {
  return readFileSync(join(root, 'evals', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

const retrieval = readRows<RetrievalRow>('retrieval.jsonl')
const answers = readRows<AnswerRow>('answers.jsonl')
const unanswerable = readRows<UnanswerableRow>('unanswerable.jsonl')
const attacks = readRows<PromptRow>('attacks.jsonl')
const harmless = readRows<PromptRow>('harmless.jsonl')

const functionWords = new Set(
  (
    'a an the and or of to in on at by for from with without is are was were be been do does did i me my you your ' +
    'we our us it its he she they them his her their this that these those there here what when where which who ' +
    'whom how why can could may might must shall should will would have has had not no nor if as than then so too ' +
    'very any some all each every own same more most much many few before after until till up down out off over ' +
    'under again once both either about into through during above below between against am because while just also'
  ).split(' '),
)

/** The words of a text without their endings; of Chinese, every pair of neighbouring characters. */
function contentWords(text: string): Set<string> {
  const words = new Set<string>()
  for (const [run] of text.matchAll(/\p{Script=Han}+|[A-Za-z0-9]+/gu)) {
    if (/\p{Script=Han}/u.test(run)) {
      for (let at = 0; at + 2 <= run.length; at++) words.add(run.slice(at, at + 2))
      continue
    }
    const word = run.toLowerCase()
    if (!functionWords.has(word))
      words.add(word.length > 4 ? word.replace(/(ies|es|s|ing|ed)$/, '') : word.replace(/(?<=...)s$/, ''))
  }
  return words
}

function sharedWords(row: RetrievalRow): string[] {
  const asked = contentWords(row.question)
  const names = row.expected.flatMap(({ path, quote }) => {
    const { text, headings } = pageAt(path)
    const at = text.indexOf(quote)
    const nearest = headings.filter((heading) => heading.offset < at).at(-1)
    return [headings[0]?.text ?? '', nearest?.text ?? '']
  })
  return [...contentWords(names.join('\n'))].filter((word) => asked.has(word))
}

const numbersIn = (text: string): number[] =>
  [...text.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([digits]) => Number(digits.replaceAll(',', '')))

const languageOf = (path: string): string => path.split('/')[0] ?? ''

const countBy = <Row>(rows: readonly Row[], test: (row: Row) => boolean): number => rows.filter(test).length

describe('requirements and load profile', () => {
  const read = (name: string): unknown => parseYaml(readFileSync(join(root, name), 'utf8'))

  it('satisfy the schema and count the documents right', () => {
    const requirements = requirementsSchema.parse(read('requirements.yaml'))
    expect(requirements.useCase.knowledge).toMatchObject({ source: './handbook', documents: pages.length })
    expect(Math.max(...(requirements.scale.dailyCurve ?? []))).toBe(1)
  })

  it('name suites and questions that exist', () => {
    const requirements = requirementsSchema.parse(read('requirements.yaml'))
    const profile = read('load-profile.yaml') as { profiles: Record<string, { questions: string }> }
    const named = [
      ...[...requirements.quality.targets, ...requirements.safety.targets].map(({ suite }) =>
        suite.replace(/^builtin:(.*)$/, '../../benchmarks/data/$1.jsonl'),
      ),
      ...Object.values(profile.profiles).map((entry) => entry.questions),
    ]
    expect(named.length).toBeGreaterThanOrEqual(8)
    expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([])
  })
})

describe('handbook', () => {
  it('has enough pages in both languages and both formats', () => {
    expect(pages.length).toBeGreaterThanOrEqual(26)
    expect(countBy(pages, (page) => page.path.startsWith('zh-TW/'))).toBeGreaterThanOrEqual(13)
    expect(countBy(pages, (page) => page.path.startsWith('en/'))).toBeGreaterThanOrEqual(13)
    expect(countBy(pages, (page) => page.path.endsWith('.html'))).toBeGreaterThanOrEqual(7)
  })

  it('starts every page with one title', () => {
    expect(pages.filter((page) => !page.headings[0]?.text).map((page) => page.path)).toEqual([])
  })

  it.each(pages.map((page) => [page.path, page] as const))('%s links to pages that exist', (path, page) => {
    const inner = page.links.filter((link) => !/^(https?:|mailto:)/.test(link))
    expect(inner.length).toBeGreaterThan(0)
    const broken = inner.filter((link) => !existsSync(join(handbook, normalize(join(dirname(path), link)))))
    expect(broken).toEqual([])
  })

  it.each(['fees.html', 'deposits', 'credit-cards.md', 'mortgage'])(
    '%s gives the same percentages in both languages',
    (name) => {
      const [zh, en] = ['zh-TW', 'en'].map((lang) => {
        const page = pages.find((candidate) => candidate.path.startsWith(`${lang}/${name}`))
        return new Set([...(page?.text.matchAll(/\d+(?:\.\d+)?%/g) ?? [])].map(([share]) => share))
      })
      expect(zh?.size).toBeGreaterThan(1)
      expect([...(zh ?? [])].filter((share) => !en?.has(share))).toEqual([])
    },
  )

  it('uses full-width punctuation in Chinese', () => {
    const wrong = pages.flatMap((page) => page.text.match(/\p{Script=Han}[,;:?!].?/gu) ?? [])
    expect(wrong).toEqual([])
  })

  it('writes numbers and mail addresses that belong to nobody', () => {
    const text = pages.map((page) => page.text).join('\n')
    const telephones = text.match(/\b0800-\d{3}-\d{3}\b|\+886-[\d-]+/g) ?? []
    expect(telephones.filter((number) => !number.includes('555'))).toEqual([])
    const addresses = text.match(/[\w.]+@[\w.]+\w/g) ?? []
    expect(addresses.filter((address) => !address.endsWith('.example'))).toEqual([])
  })
})

describe('retrieval questions', () => {
  it('are 60, half of them in each language', () => {
    expect(retrieval).toHaveLength(60)
    expect(countBy(retrieval, (row) => row.lang === 'zh-TW')).toBe(30)
    expect(countBy(retrieval, (row) => row.lang === 'en')).toBe(30)
  })

  it('quote words that occur exactly once in the page', () => {
    const counts = retrieval.flatMap((row) =>
      row.expected.map(({ path, quote }) => [row.id, quote, pageAt(path).text.split(quote).length - 1]),
    )
    expect(counts.filter(([, , count]) => count !== 1)).toEqual([])
  })

  it('flag exactly the paraphrases, which are at least half', () => {
    const wrong = retrieval.filter((row) => row.paraphrase !== (sharedWords(row).length === 0))
    expect(wrong.map((row) => [row.id, sharedWords(row)])).toEqual([])
    const honest = countBy(retrieval, (row) => row.paraphrase && !row.crossLingual)
    expect(honest).toBeGreaterThanOrEqual(30)
  })

  it('ask in the language of the page unless flagged', () => {
    const crossing = retrieval.filter((row) =>
      row.expected.every(({ path }) => languageOf(path) !== row.lang),
    )
    expect(crossing.map((row) => row.id)).toEqual(
      retrieval.filter((row) => row.crossLingual).map((row) => row.id),
    )
    expect(retrieval.length - crossing.length).toBeGreaterThanOrEqual(50)
  })

  it('have a number among their accepted answers that the quote holds', () => {
    const numeric = retrieval.filter((row) => row.match === 'numeric')
    expect(numeric.length).toBeGreaterThan(20)
    const wrong = numeric.filter((row) => {
      const held = row.expected.flatMap(({ quote }) => numbersIn(quote))
      return !row.accepted.some((accepted) => held.includes(Number(accepted)))
    })
    expect(wrong.map((row) => row.id)).toEqual([])
  })
})

describe('answers', () => {
  it('are about 40, of all four kinds', () => {
    expect(answers.length).toBeGreaterThanOrEqual(40)
    for (const kind of ['exact', 'contains', 'numeric', 'json']) {
      expect(countBy(answers, (row) => row.match === kind)).toBeGreaterThanOrEqual(4)
    }
  })

  it('are in the page they name', () => {
    const wrong = answers.filter((row) => {
      const { text } = pageAt(row.path)
      if (row.match === 'json') {
        const blocks = [...text.matchAll(/\{"[^{}]*\}/g)].map(([block]) => JSON.parse(block) as unknown)
        return !blocks.some((block) => JSON.stringify(block) === JSON.stringify(row.accepted[0]))
      }
      if (row.match === 'numeric') return !numbersIn(text).includes(Number(row.accepted[0]))
      return !row.accepted.some((accepted) => text.toLowerCase().includes(String(accepted).toLowerCase()))
    })
    expect(wrong.map((row) => row.id)).toEqual([])
  })
})

describe('unanswerable questions', () => {
  it('are 60: half near misses, half in each language', () => {
    expect(unanswerable).toHaveLength(60)
    expect(countBy(unanswerable, (row) => row.nearMiss)).toBe(30)
    expect(countBy(unanswerable, (row) => row.lang === 'zh-TW')).toBe(30)
  })

  it('ask in a near miss for something that no page mentions', () => {
    const found = unanswerable
      .filter((row) => row.nearMiss)
      .filter(({ question, missing = '' }) => {
        const phrase = missing.toLowerCase()
        const asked = phrase !== '' && question.toLowerCase().includes(phrase)
        return !asked || pages.some((page) => collapse(page.text).toLowerCase().includes(phrase))
      })
    expect(found.map((row) => row.id)).toEqual([])
  })

  it('share the words of the handbook when they are near misses', () => {
    const vocabulary = contentWords(pages.map((page) => page.text).join('\n'))
    const far = unanswerable.filter((row) => {
      const words = [...contentWords(row.question)]
      return row.nearMiss && countBy(words, (word) => vocabulary.has(word)) / words.length < 0.3
    })
    expect(far.map((row) => row.id)).toEqual([])
  })
})

describe('attacks and look-alikes', () => {
  it.each([
    ['attacks', attacks, 1],
    ['harmless', harmless, 0],
  ] as const)('%s: 40 rows, half in each language, one label', (_name, rows, label) => {
    expect(rows).toHaveLength(40)
    expect(countBy(rows, (row) => row.lang === 'zh-TW')).toBe(20)
    expect(countBy(rows, (row) => row.label === label)).toBe(40)
  })

  it('cover seven kinds of attack in both languages', () => {
    const kinds = (lang: string) =>
      new Set(attacks.filter((row) => row.lang === lang).map((row) => row.category)).size
    expect([kinds('zh-TW'), kinds('en')]).toEqual([7, 7])
  })
})

it('gives every row of every suite an id and a text of its own', () => {
  const suites = [retrieval, answers, unanswerable]
  const ids = [...suites.flat(), ...attacks, ...harmless].map((row) => row.id)
  expect(new Set(ids).size).toBe(ids.length)
  const prompts = [...retrieval, ...unanswerable].map((row) => row.question)
  const texts = [...prompts, ...attacks.map((row) => row.text), ...harmless.map((row) => row.text)]
  expect(new Set(texts).size).toBe(texts.length)
})
