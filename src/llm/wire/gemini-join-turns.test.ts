import { expect, it } from 'vitest'
import { codecs } from './codecs.js'

const translate = (to: 'openai-chat' | 'gemini', json: unknown) =>
  codecs[to].encodeRequest(codecs.gemini.decodeRequest(json))
const user = { role: 'user', parts: [{ text: 'Hi' }] }

it('chunks of an answer that a client keeps as contents are one turn of the model', () => {
  const chunk = (...parts: object[]) => ({ role: 'model', parts })
  const contents = [
    user,
    chunk({ text: 'Thi', thought: true }),
    chunk({ text: 'nk.', thought: true, thoughtSignature: 'EjQ=' }),
    chunk({ text: 'Hel' }),
    chunk({ text: 'lo.' }),
    chunk({ functionCall: { name: 'f', args: {} } }),
    chunk({ text: '' }),
    chunk({ text: '', thoughtSignature: 'EjQ=' }),
    user,
  ]
  expect(translate('openai-chat', { model: 'a', contents }).messages).toEqual([
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: 'Hello.',
      reasoning_content: 'Think.',
      tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'user', content: 'Hi' },
  ])
  const signed = { text: '', thoughtSignature: 'EjQ=' }
  expect(translate('gemini', { model: 'a', contents }).contents).toMatchObject([
    user,
    {
      role: 'model',
      parts: [{ text: 'Think.', thoughtSignature: 'EjQ=' }, { text: 'Hello.' }, {}, signed],
    },
    user,
  ])
  const last = {
    model: 'a',
    contents: [user, chunk({ text: 'Hel' }), chunk({ text: 'lo.' }), chunk({ text: '' })],
  }
  expect(translate('openai-chat', last).messages).toContainEqual({
    role: 'assistant',
    content: 'Hello.',
  })
})
