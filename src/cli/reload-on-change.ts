// Reloads a system when its architecture file changes, and says what came of it. Knows no signal.

import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { toArchitectError } from '../core/index.js'
import type { CommandContext } from './command-context.js'

/** Editors write a file in several steps; one reload follows the last of them. */
const settleMs = 200

interface Watcher {
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): void
}

type Watch = (folder: string, onChange: (event: string, name: string | null) => void) => Watcher

/** Returns the function that ends it. Where the system does not let the folder be watched, it is said and nothing else happens. */
export const reloadOnChange = (
  file: string,
  system: { reload(): Promise<unknown> },
  { text, terminal }: Pick<CommandContext, 'text' | 'terminal'>,
  watchFolder: Watch = watch,
): (() => void) => {
  const name = basename(file)
  let timer: NodeJS.Timeout | undefined
  const reload = async () => {
    try {
      await system.reload()
      terminal().note(text(`${name}: reloaded`, `${name}：已重新載入`))
    } catch (error) {
      terminal().note(text(`${name}: `, `${name}：`) + terminal().render(toArchitectError(error)))
    }
  }
  const notWatched = (error: unknown) => {
    const { message } = toArchitectError(error)
    terminal().note(
      text(
        `${name} is not watched for changes (${message}). Restart serve after an edit.`,
        `無法監看 ${name} 的變更（${message}）。編輯後請重新啟動 serve。`,
      ),
    )
  }
  try {
    const watcher = watchFolder(dirname(file), (_event, changed) => {
      if (changed !== name) return
      clearTimeout(timer)
      timer = setTimeout(() => void reload(), settleMs)
    })
    watcher.on('error', (error) => {
      watcher.close()
      notWatched(error)
    })
    return () => {
      clearTimeout(timer)
      watcher.close()
    }
  } catch (error) {
    notWatched(error)
    return () => {}
  }
}
