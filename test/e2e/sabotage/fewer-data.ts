// The data of the checks on public data, with a part of the articles of each set of documents, and a third of the
// attacks: what is broken on purpose shows in them as well, and to ingest all documents and to ask all questions for
// each way of breaking it takes most of the time.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const isOneIn = (count: number) => (_: unknown, index: number) => index % count === 0

/**
 * @param target a folder that is not there yet
 * @param oneIn how many articles one is kept of
 */
export const copyFewer = (source: string, target: string, oneIn: number): void => {
  cpSync(source, target, { recursive: true })
  for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
    const path = join(target, name)
    const change = (edit: (text: string) => string) => writeFileSync(path, edit(readFileSync(path, 'utf8')))
    if (name.endsWith('.json')) change((text) => withFewerArticles(text, oneIn))
    if (name.endsWith('prompt-injection.jsonl'))
      change((text) => text.split('\n').filter(isOneIn(3)).join('\n'))
  }
}

const withFewerArticles = (text: string, oneIn: number) => {
  const squad = JSON.parse(text) as { readonly data: readonly unknown[] }
  return JSON.stringify({ ...squad, data: squad.data.filter(isOneIn(oneIn)) })
}
