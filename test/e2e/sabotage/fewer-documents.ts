// The data of the checks on public data, with every third article of each set of documents: what is broken on purpose
// shows in them as well, and a system whose documents are ingested anew for each way of breaking it takes a third.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const kept = 3

/** @param target a folder that is not there yet */
export const copyFewerDocuments = (source: string, target: string): void => {
  cpSync(source, target, { recursive: true })
  const files = readdirSync(target, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const path = join(target, file)
    const squad = JSON.parse(readFileSync(path, 'utf8')) as { readonly data: readonly unknown[] }
    writeFileSync(path, JSON.stringify({ ...squad, data: squad.data.filter((_, i) => i % kept === 0) }))
  }
}
