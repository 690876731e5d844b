// A project of a few documents in a folder of its own, for end-to-end tests.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallProject {
  readonly directory: string
  readonly architectureFile: string
  readonly model: string
  remove(): void
}

const documents: Readonly<Record<string, string>> = {
  'fees.md':
    '# Fees\n\n## Transfers\n\nA transfer to another bank costs NT$15. Transfers within the bank are free.\n\n## Cards\n\nA lost card is replaced for NT$200.\n',
  'zh/loans.md':
    '# 貸款\n\n## 房屋貸款\n\n首購房屋貸款的年利率為 2.185%，最長三十年。\n\n## 信用貸款\n\n信用貸款的開辦費為新臺幣 3,000 元。\n',
  'hours.html':
    '<!doctype html><html><body><nav>Home</nav><h1>Branches</h1><p>Branches are open from 9:00 to 15:30 on business days.</p></body></html>',
}

const architecture = (extra: string, server: string) => `version: 1
name: small
server: { port: 0, drainSeconds: 2${server} }
deployments:
  - { id: extractive, engine: extractive, model: extractive }
routes:
  - { name: support, strategy: { deployment: extractive }, knowledge: docs, guardrails: default }
knowledge:
  - { id: docs, source: ./docs }
guardrails:
  - { id: default }
${extra}`

/**
 * @param extra more lines of architecture.yaml
 * @param server more fields of its `server`, such as `, requireKeys: true`
 */
export const createSmallProject = (extra = '', server = ''): SmallProject => {
  const directory = mkdtempSync(join(tmpdir(), 'small-project-'))
  for (const [path, text] of Object.entries(documents)) {
    mkdirSync(join(directory, 'docs', path, '..'), { recursive: true })
    writeFileSync(join(directory, 'docs', path), text)
  }
  const architectureFile = join(directory, 'architecture.yaml')
  writeFileSync(architectureFile, architecture(extra, server))
  return {
    directory,
    architectureFile,
    model: 'support',
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  }
}
