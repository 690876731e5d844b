import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { engineProgress } from './engine-progress.js'
import { render } from './render.js'
import { createTerminal } from './terminal.js'

type OnEngine = ReturnType<typeof engineProgress>['onEngine']

const loaded = (onEngine: OnEngine) => {
  onEngine({ engine: 'vllm', state: 'loading', seconds: 11 })
  onEngine({ engine: 'vllm', state: 'loading', seconds: 12 })
  onEngine({ engine: 'vllm', state: 'ready', seconds: 41 })
}
const printed = (isTTY: boolean, language: 'en' | 'zh-TW' = 'en', happens = loaded) => {
  const pieces: string[] = []
  const write = (piece: Buffer, _encoding: string, done: () => void) => {
    pieces.push(piece.toString())
    done()
  }
  const stream = () => Object.assign(new Writable({ write }), { isTTY })
  const streams = { stdout: stream(), stderr: stream(), stdin: {} }
  const terminal = createTerminal({ language, json: false, render }, streams)
  const text = (en: string, zhTW: string) => (language === 'en' ? en : zhTW)
  happens(engineProgress(terminal, text).onEngine)
  return pieces.join('')
}

describe('the progress of engines', () => {
  it('is a line that replaces itself on a terminal, and stays when the engine is ready', () => {
    expect(printed(true)).toBe(
      '\r\u001B[Kvllm: loading, 11 s\r\u001B[Kvllm: loading, 12 s\r\u001B[Kvllm: ready after 41 s\n',
    )
  })

  it('warns of an engine that the system goes without, with the reason, in both languages', () => {
    const missing = (onEngine: OnEngine) => {
      const params = { deployment: 'vllm', address: 'http://127.0.0.1:1', by: '7 (nginx)' }
      onEngine({
        engine: 'vllm',
        state: 'missing',
        seconds: 4,
        reason: { code: 'engine.port-taken', params },
      })
    }
    const english = printed(false, 'en', missing)
    expect(english).toContain('Warning: the engine vllm did not start; its routes go on')
    expect(english).toContain('7 (nginx)')
    const chinese = printed(false, 'zh-TW', missing)
    expect(chinese).toContain('警告：引擎 vllm 無法啟動')
    expect(chinese).toContain('7 (nginx)')
  })

  it('is only the end of it in a pipe, in the language of the reader', () => {
    expect(printed(false, 'zh-TW')).toBe('vllm：41 秒後就緒\n')
  })
})
