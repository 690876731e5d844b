// What the documents point at exists.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const documents = [
  'README.md',
  'README.zh-TW.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/audit.md',
  'docs/audit.zh-TW.md',
  'docs/clients.md',
  'docs/clients.zh-TW.md',
  'docs/calibration.md',
  'docs/calibration.zh-TW.md',
  'docs/cost.md',
  'docs/cost.zh-TW.md',
  'docs/design-fit.md',
  'docs/design-fit.zh-TW.md',
  'docs/design.md',
  'docs/design.zh-TW.md',
  'docs/measurements.md',
  'docs/planner.md',
  'docs/planner.zh-TW.md',
  'docs/resilience.md',
  'docs/resilience.zh-TW.md',
  'docs/responses.md',
  'docs/responses.zh-TW.md',
  'docs/telemetry.md',
  'docs/telemetry.zh-TW.md',
  ...readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`),
  'python/task_model/README.md',
  'python/task_model/README.zh-TW.md',
  'examples/bank-support/models/banking-intents/MODEL_CARD.md',
]

const links = (text: string) => [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, path = '']) => path)

describe.each(documents)('%s', (document) => {
  it('links only to files that exist', () => {
    const missing = links(readFileSync(document, 'utf8')).filter(
      (path) => !existsSync(join(dirname(document), path)),
    )
    expect(missing).toEqual([])
  })
})

describe('the eight rooms', () => {
  it.each(['README.md', 'README.zh-TW.md'])('are eight, in order, in %s', (document) => {
    const rooms = readFileSync(document, 'utf8').match(/^\d\. \[src\/.*$/gm) ?? []
    expect(rooms.map((room) => Number(room[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})

describe.each(['docs/clients.md', 'docs/clients.zh-TW.md'])('the clients of %s', (document) => {
  const text = readFileSync(document, 'utf8')
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const npm = ['openai', '@anthropic-ai/sdk', '@google/genai', 'ai', '@langchain/openai'].map((name) => [
    name,
    devDependencies[name],
  ])
  const python = ['openai-langchain', 'llama-index'].flatMap((name) =>
    readFileSync(`test/engines/python-clients/${name}.txt`, 'utf8')
      .split('\n')
      .map((line) => line.split('=='))
      .filter(([client = '']) => /^(openai|langchain-openai|llama-index-llms-openai-like)$/.test(client)),
  )

  it('have the versions that are tested', () => {
    expect(python).toHaveLength(4)
    for (const [name = '', version = ''] of [...npm, ...python]) {
      const rows = text.split('\n').filter((line) => line.startsWith(`| \`${name}\``))
      expect(
        rows.some((row) => row.includes(version)),
        `${name} ${version}`,
      ).toBe(true)
    }
  })
})
