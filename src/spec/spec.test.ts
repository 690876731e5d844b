import { describe, expect, it } from 'vitest'
import { ArchitectError, createRenderer, type Message } from '../core/index.js'
import { specMessages } from './messages.js'
import { formatArchitecture, parseArchitecture } from './parse-architecture.js'
import { parseRequirements } from './parse-requirements.js'
import type { Problem } from './problem.js'

const good = `version: 1
name: bank
useCase:
  kind: rag-qa
  description: customer questions
performance:
  targets:
    - { id: ttft-p95, metric: ttft, op: <, value: 200, unit: ms, load: peak, lengths: workload, cache: warm }
scale:
  peakRequestsPerSecond: 6
  lengths:
    inputTokens: { p50: 900, p95: 1800 }
    outputTokens: { p50: 120, p95: 300 }
`

const problemsOf = (parse: () => unknown): Problem[] => {
  try {
    parse()
  } catch (error) {
    if (error instanceof ArchitectError && error.code === 'spec.invalid') return error.params.problems
    throw error
  }
  return []
}
const said = (problems: Problem[]) =>
  problems.map(({ line, path, message }) => `${line} ${path} ${message.code}`)

describe('requirements.yaml', () => {
  it('is read with its defaults', () => {
    const requirements = parseRequirements(good)
    expect(requirements.availability).toEqual({
      percent: 99.5,
      regions: 1,
      survivesReplicaLoss: true,
      minReplicas: 1,
      scaleToZero: false,
    })
    expect(requirements.performance.targets[0]?.percentile).toBe(95)
  })

  describe('with tasks', () => {
    const withTasks = (tasks: string, target: string) =>
      good
        .replace('description: customer questions\n', `description: customer questions\n  tasks:\n${tasks}`)
        .replace('scale:\n', `quality:\n  targets:\n    - { id: t, ${target}, suite: a.jsonl }\nscale:\n`)
    const task = (id: string) => `    - { id: ${id}, description: x, tool: ${id} }\n`
    const accuracy = 'metric: task-accuracy, op: ">=", value: 0.9'
    const saidOf = (tasks: string, target: string) =>
      said(problemsOf(() => parseRequirements(withTasks(tasks, target))))

    it('takes a target of one of them', () => {
      expect(saidOf(task('intents'), `${accuracy}, task: intents`)).toEqual([])
      expect(saidOf(task('intents'), accuracy)).toEqual([])
    })
    it('refuses a target of a task that is not there', () => {
      expect(saidOf(task('intents'), `${accuracy}, task: intent`)).toEqual([
        '13 quality.targets[0].task spec.unknown-reference',
      ])
    })
    it('refuses a target of tasks where there are none', () => {
      const text = good.replace(
        'scale:\n',
        `quality:\n  targets:\n    - { id: t, ${accuracy}, suite: a.jsonl }\nscale:\n`,
      )
      expect(said(problemsOf(() => parseRequirements(text)))).toEqual([
        '11 quality.targets[0].metric spec.no-task',
      ])
    })
    it('refuses the same task twice, and one of the name of the system', () => {
      expect(saidOf(task('intents') + task('intents'), accuracy)).toEqual([
        '8 useCase.tasks[1].id spec.duplicate-id',
      ])
      expect(saidOf(task('bank'), accuracy)).toEqual(['7 useCase.tasks[0].id spec.duplicate-id'])
    })
  })

  it('does not blame a tab in a text for another mistake', () => {
    const text = good.replace('description: customer questions', 'description: |\n    first\n    \tsecond')
    expect(parseRequirements(text).useCase.description).toBe('first\n\tsecond\n')
    const problems = problemsOf(() => parseRequirements(`${text}name: again\n`))
    expect(said(problems)).toEqual(['16  spec.not-yaml'])
  })

  it('refuses a bare target with the questions to answer', () => {
    const text = good.replace(/ {4}- \{ id: ttft.*\n/, '    - P95 < 200 ms\n')
    const problems = problemsOf(() => parseRequirements(text))
    expect(said(problems)).toEqual([
      '8 performance.targets[0] spec.question-metric',
      '8 performance.targets[0] spec.question-load',
      '8 performance.targets[0] spec.question-lengths',
      '8 performance.targets[0] spec.question-cache',
    ])
  })

  it('asks for each condition a target leaves open', () => {
    const text = good.replace('load: peak, lengths: workload, cache: warm', 'load: peak')
    expect(said(problemsOf(() => parseRequirements(text)))).toEqual([
      '8 performance.targets[0] spec.question-lengths',
      '8 performance.targets[0] spec.question-cache',
    ])
  })

  it('reports all problems at once, each with line and suggestion', () => {
    const text = `version: 2
name: Bank Support
useCase: { kind: rag, description: x, langages: [en] }
performance: { targets: [{ id: a, metric: tftt, op: <, value: -1, unit: ms, load: peek, lengths: workload, cache: hot }] }
scale: { lengths: { inputTokens: { p50: 900, p95: 100 }, outputTokens: { p50: 1, p95: 2 } } }
`
    const problems = problemsOf(() => parseRequirements(text))
    expect(said(problems)).toEqual([
      '1 version spec.not-one-of',
      '2 name spec.bad-format',
      '3 useCase.kind spec.not-one-of',
      '3 useCase.langages spec.unknown-key',
      '4 performance.targets[0].metric spec.not-one-of',
      '4 performance.targets[0].value spec.out-of-range',
      '4 performance.targets[0].load spec.not-one-of',
      '4 performance.targets[0].cache spec.not-one-of',
      '5 scale.peakRequestsPerSecond spec.missing',
      '5 scale.lengths.inputTokens.p95 spec.percentiles-crossed',
    ])
    expect(problems[2]?.message.params.suggestion).toBe('rag-qa')
    expect(problems[3]?.message.params.suggestion).toBe('languages')
    expect(problems[6]?.message.params.suggestion).toBe('peak')
  })

  it('refuses a load beyond reason and a place that is none', () => {
    const text = good.replace('peakRequestsPerSecond: 6', 'peakRequestsPerSecond: 1e300')
    const problems = problemsOf(() =>
      parseRequirements(`${text}hosting: { dataResidency: [TW, Atlantis, Germany] }\n`),
    )
    expect(said(problems)).toEqual([
      '10 scale.peakRequestsPerSecond spec.out-of-range',
      '14 hosting.dataResidency[1] spec.unknown-place',
      '14 hosting.dataResidency[2] spec.unknown-place',
    ])
    expect(problems.slice(1).map(({ message }) => message.params.suggestion)).toEqual([undefined, 'DE'])
  })

  it('says how many items a list that is too short has, and how many it needs', () => {
    const text = good.replace('peakRequestsPerSecond: 6', 'peakRequestsPerSecond: 6\n  dailyCurve: [1, 0.5]')
    const [problem, ...others] = problemsOf(() => parseRequirements(text))
    expect(others).toEqual([])
    expect(problem?.message).toMatchObject({ code: 'spec.list-length', params: { length: 2, least: 24 } })
  })

  it.each([
    ['scale.growthPerYear', 'growthPerYear: 1e12', '<= 1000'],
    [
      'scale.lengths.inputTokens.p95',
      'lengths: { inputTokens: { p50: 1000, p95: 1e9 }, outputTokens: { p50: 1, p95: 2 } }',
      '<= 10000000',
    ],
    [
      'scale.lengths.sharedPrefixTokens',
      'lengths: { inputTokens: { p50: 1, p95: 2 }, outputTokens: { p50: 1, p95: 2 }, sharedPrefixTokens: 1e8 }',
      '<= 10000000',
    ],
  ])('refuses %s beyond reason, and says how far it may go', (path, field, rule) => {
    const [key = ''] = field.split(':')
    const rest = good.replace(/^scale:\n(?: .*\n)+/m, (scale) =>
      scale
        .replace(new RegExp(`^  ${key}:.*\\n(?:    .*\\n)*`, 'm'), '')
        .replace('scale:\n', `scale:\n  ${field}\n`),
    )
    const problems = problemsOf(() => parseRequirements(rest))
    expect(problems.map(({ message }) => message.code)).toEqual(['spec.out-of-range'])
    expect(problems[0]?.path).toBe(path)
    expect(problems[0]?.message.params).toMatchObject({ rule })
  })

  it('refuses a speed in milliseconds and an id used twice', () => {
    const target =
      '    - { id: ttft-p95, metric: outputTokensPerSecond, op: ">", value: 100, unit: ms, load: peak, lengths: workload, cache: warm }\n'
    const text = good.replace('scale:\n', `${target}scale:\n`)
    expect(said(problemsOf(() => parseRequirements(text)))).toEqual([
      '9 performance.targets[1].id spec.duplicate-id',
      '9 performance.targets[1].unit spec.wrong-unit',
    ])
  })

  it('reports broken YAML and an empty file with a line', () => {
    const problems = said(problemsOf(() => parseRequirements('version: 1\nname: [a\n')))
    expect(problems).toContainEqual(expect.stringMatching(/^\d+ {2}spec.not-yaml$/))
    expect(problemsOf(() => parseRequirements('')).length).toBeGreaterThan(3)
  })

  it.each([
    ['a colon in a text', good.replace('name: bank', 'name: bank: north'), ['2  spec.not-yaml']],
    ['a quote that is never closed', good.replace('name: bank', 'name: "bank'), ['2  spec.not-yaml']],
    ['a colon without a space', good.replace('name: bank', 'name:bank'), ['2  spec.not-yaml']],
    ['a bracket that is never closed', good.replace('name: bank', 'name: [bank'), ['3  spec.not-yaml']],
    ['no YAML at all', '# Title\n\nSome *text* here\n* more: x\n', ['3  spec.not-yaml']],
    ['an alias of nothing', good.replace('name: bank', 'name: *bank'), ['2  spec.alias-of-nothing']],
    ['a second document', `${good}---\nname: more\n`, ['14  spec.second-document']],
    [
      'what stands before is read, and told after it',
      good.replace('rag-qa', 'rag-qq').replace('PerSecond: 6', 'PerSecond: 6: 7'),
      ['10  spec.not-yaml', '4 useCase.kind spec.not-one-of'],
    ],
  ])('tells broken YAML first, and nothing of what it spoils: %s', (_, text, expected) => {
    expect(said(problemsOf(() => parseRequirements(text)))).toEqual(expected)
  })

  it.each([
    [() => parseRequirements(good.replace('name: bank', 'name: My Bank')), /small letters/, /小寫字母/],
    [
      () => parseArchitecture(architecture.replace('name: bank', 'name: my bank')),
      /letters, digits/,
      /字母、數字/,
    ],
    [
      () => parseArchitecture(`${architecture}store: { url: 'postgres://x:secretpw@127.0.0.1:1/db' }\n`),
      /\$\{env:NAME\} or \$\{file:PATH\}/,
      /\$\{env:NAME\}/,
    ],
    [
      () => parseArchitecture(architecture.replace('model: extractive', 'model: extractive, address: x')),
      /http:/,
      /http:/,
    ],
  ])('says in words which form a text must have, and never a secret: %s', (parse, english, chinese) => {
    const [problem] = problemsOf(parse)
    expect(problem?.message.code).toBe('spec.bad-format')
    const render = createRenderer(specMessages)
    const [en, zh] = (['en', 'zh-TW'] as const).map((language) =>
      render(problem?.message as Message, language),
    )
    expect(en).toMatch(english)
    expect(zh).toMatch(chinese)
    expect(`${en}${zh}`).not.toMatch(/secretpw|\^\[/)
  })

  it('renders its problems in both languages', () => {
    const render = createRenderer(specMessages)
    try {
      parseRequirements(good.replace('rag-qa', 'rag-qq'))
    } catch (error) {
      expect(render(error as ArchitectError, 'en')).toContain('4:9  useCase.kind  "rag-qq" is not one of')
      expect(render(error as ArchitectError, 'zh-TW')).toContain('您是不是要寫「rag-qa」？')
    }
    expect.assertions(2)
  })
})

const architecture = `version: 1
name: bank
deployments:
  - { id: main, engine: extractive, model: extractive }
routes:
  - { name: support, strategy: { fallback: [{ deployment: main }] }, knowledge: handbook }
knowledge:
  - { id: handbook, source: ./handbook }
`

describe('architecture.yaml', () => {
  it('is read, written and read again', () => {
    const parsed = parseArchitecture(architecture)
    expect(parseArchitecture(formatArchitecture(parsed, { head: ['written by a test'] }))).toEqual(parsed)
  })

  it('reports references to nothing with a suggestion', () => {
    const text = architecture
      .replace('deployment: main', 'deployment: mian')
      .replace('knowledge: handbook }', 'knowledge: books }')
    const problems = problemsOf(() => parseArchitecture(text))
    expect(said(problems)).toEqual([
      '6 routes[0].strategy.fallback[0].deployment spec.unknown-reference',
      '6 routes[0].knowledge spec.unknown-reference',
    ])
    expect(problems[0]?.message.params.suggestion).toBe('main')
  })

  it('finds the problem inside a nested strategy', () => {
    const text = architecture.replace(
      '{ fallback: [{ deployment: main }] }',
      '{ fallback: [{ weighted: [{ weight: 0, strategy: { deployment: main } }] }] }',
    )
    expect(said(problemsOf(() => parseArchitecture(text)))).toEqual([
      '6 routes[0].strategy.fallback[0].weighted[0].weight spec.out-of-range',
    ])
  })

  it.each([
    ['weighted: [{ deployment: main }]', 'weighted[0].strategy', 'spec.missing'],
    ['weighted: [{ weight: 1, strategy: 5 }]', 'weighted[0].strategy', 'spec.wrong-type'],
    [
      'cascade: { strategies: [{ deployment: main }, main], escalateBelow: 0.5 }',
      'cascade.strategies[1]',
      'spec.wrong-type',
    ],
  ])('says what a strategy may be: %s', (strategy, where, code) => {
    const text = architecture.replace('fallback: [{ deployment: main }]', strategy)
    const problem = problemsOf(() => parseArchitecture(text)).find(({ path }) => path.endsWith(where))
    expect(problem?.message.code).toBe(code)
    expect(problem?.message.params.expected).toMatch(/deployment \| fallback \| weighted/)
  })

  it('says once that tabs cannot indent, where the first one stands', () => {
    const text = architecture.replace('  - { id: main', '\t- { id: main').replace('  - { name', ' \t- { name')
    expect(said(problemsOf(() => parseArchitecture(text)))).toEqual(['4  spec.tab-indent'])
    expect(said(problemsOf(() => parseRequirements(good.replace('  kind', '\tkind'))))).toEqual([
      '4  spec.tab-indent',
    ])
  })

  it('takes a tab where YAML does', () => {
    expect(parseArchitecture(architecture.replace('name: bank', 'name:\tbank')).name).toBe('bank')
  })

  it('refuses a secret written out, and a public address without keys', () => {
    const text = architecture
      .replace('model: extractive }', 'model: extractive, key: sk-secret }')
      .concat('server: { host: 0.0.0.0 }\n')
    expect(said(problemsOf(() => parseArchitecture(text)))).toEqual(['4 deployments[0].key spec.bad-format'])
    expect(JSON.stringify(problemsOf(() => parseArchitecture(text)))).not.toContain('sk-secret')
    expect(
      said(problemsOf(() => parseArchitecture(architecture.concat('server: { host: 0.0.0.0 }\n')))),
    ).toEqual(['9 server.host spec.public-without-keys'])
  })

  const withVectors = (more: string, routes = '') => `version: 1
name: bank
deployments:
  - { id: main, engine: extractive, model: extractive }
  - { id: embedder, kind: embedding, engine: vllm, model: e5, address: http://127.0.0.1:1/v1 }
  - { id: judge, kind: rerank, engine: tei, model: bge, address: http://127.0.0.1:2 }
routes:
  - { name: support, strategy: { deployment: main } }
${routes}knowledge:
  - { id: handbook, source: ./handbook${more} }
`

  it('takes embeddings and a reranker by deployment or by address', () => {
    const text = withVectors(
      ', embeddings: { deployment: embedder, dimensions: 384 }, rerank: { address: http://127.0.0.1:3, model: bge }',
      '  - { name: vectors, strategy: { fallback: [{ deployment: embedder }] } }\n',
    )
    const { knowledge, deployments } = parseArchitecture(text)
    expect(deployments.map(({ kind }) => kind)).toEqual(['chat', 'embedding', 'rerank'])
    expect(knowledge[0]).toMatchObject({
      embeddings: { deployment: 'embedder', inputType: false },
      rerank: { topN: 20, timeoutMs: 1000, api: 'jina' },
    })
  })

  it('reports deployments of the wrong kind, and endpoints that are named twice or not at all', () => {
    const problems = (more: string, routes?: string) =>
      said(problemsOf(() => parseArchitecture(withVectors(more, routes))))
    expect(
      problems(', embeddings: { deployment: main, dimensions: 3 }, rerank: { deployment: jugde }'),
    ).toEqual([
      expect.stringMatching(/knowledge\[0\].embeddings.deployment spec.wrong-kind$/),
      expect.stringMatching(/knowledge\[0\].rerank.deployment spec.unknown-reference$/),
    ])
    for (const both of ['deployment: embedder, model: e5, ', 'model: e5, ', ''])
      expect(problems(`, embeddings: { ${both}dimensions: 3 }`)).toEqual([
        expect.stringMatching(/knowledge\[0\].embeddings spec.endpoint-or-deployment$/),
      ])
    const mixed = '{ fallback: [{ deployment: embedder }, { deployment: judge }] }'
    expect(problems('', `  - { name: both, strategy: ${mixed} }\n`)).toEqual([
      expect.stringMatching(/routes\[1\].strategy spec.mixed-kinds$/),
    ])
    const cascade =
      '{ cascade: { strategies: [{ deployment: judge }, { deployment: judge }], escalateBelow: 0.5 } }'
    expect(problems('', `  - { name: judge, strategy: ${cascade}, knowledge: handbook }\n`)).toEqual([
      expect.stringMatching(/routes\[1\].strategy spec.not-for-kind$/),
      expect.stringMatching(/routes\[1\].knowledge spec.not-for-kind$/),
    ])
  })
})
