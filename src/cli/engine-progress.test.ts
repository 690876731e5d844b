import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { engineProgress } from './engine-progress.js'
import { render } from './render.js'
import { createTerminal } from './terminal.js'

const printed = (isTTY: boolean, language: 'en' | 'zh-TW' = 'en') => {
  const pieces: string[] = []
  const write = (piece: Buffer, _encoding: string, done: () => void) => {
    pieces.push(piece.toString())
    done()
  }
  const stream = () => Object.assign(new Writable({ write }), { isTTY })
  const streams = { stdout: stream(), stderr: stream(), stdin: {} }
  const terminal = createTerminal({ language, json: false, render }, streams)
  const text = (en: string, zhTW: string) => (language === 'en' ? en : zhTW)
  const { onEngine } = engineProgress(terminal, text)
  onEngine({ engine: 'vllm', state: 'loading', seconds: 11 })
  onEngine({ engine: 'vllm', state: 'loading', seconds: 12 })
  onEngine({ engine: 'vllm', state: 'ready', seconds: 41 })
  return pieces.join('')
}

describe('the progress of engines', () => {
  it('is a line that replaces itself on a terminal, and stays when the engine is ready', () => {
    expect(printed(true)).toBe(
      '\r\u001B[Kvllm: loading, 11 s\r\u001B[Kvllm: loading, 12 s\r\u001B[Kvllm: ready after 41 s\n',
    )
  })

  it('is only the end of it in a pipe, in the language of the reader', () => {
    expect(printed(false, 'zh-TW')).toBe('vllm：41 秒後就緒\n')
  })
})
