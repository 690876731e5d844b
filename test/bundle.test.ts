// What the bundler made: a process loads what it uses, and no file runs another process's program by loading it.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../dist/bundle', import.meta.url))
const imports = (file: string): string[] =>
  [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import|import\() ?"\.\/([^"]+\.js)"/g)].map(
    ([, name]) => name ?? '',
  )

describe('the bundle', () => {
  it.each(['main', 'engine', 'database', 'knowledge', 'llama', 'load'])(
    'runs %s only where it is started, never because another file loads it',
    (entry) => {
      const others = readdirSync(folder).filter((name) => name.endsWith('.js') && name !== `${entry}.js`)
      expect(others.filter((name) => imports(name).includes(`${entry}.js`))).toEqual([])
    },
  )

  it('gives the guard of an engine nothing of the system, also where it explains a failure', () => {
    const loaded = new Set<string>(['engine.js'])
    for (const file of loaded) for (const name of imports(file)) loaded.add(name)
    expect([...loaded].some((name) => name.startsWith('explain-failure'))).toBe(true)
    expect([...loaded].filter((name) => /^(main|serve-system|planner|store)\b/.test(name))).toEqual([])
  })
})
