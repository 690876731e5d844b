import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tritonConfig, writeTritonRepository } from './triton-repository.js'

it('holds a configuration and a model of version 1 for each model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'triton-'))
  try {
    await writeTritonRepository(folder, [
      { name: 'small', weights: '/models/small', device: 'cpu' },
      { name: 'large', weights: '/models/large', device: 'gpu' },
    ])
    expect(readFileSync(join(folder, 'small', '1', 'model.py'), 'utf8')).toContain('class TritonPythonModel')
    const large = readFileSync(join(folder, 'large', 'config.pbtxt'), 'utf8')
    expect(large).toContain('name: "large"')
    expect(large).toContain('KIND_GPU')
    expect(large).toContain('parameters { key: "weights" value: { string_value: "/models/large" } }')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('writes names that no text can break out of', () => {
  const config = tritonConfig({ name: 'a"b\\c', weights: '/x" } }\nbackend: "evil', device: 'cpu' })
  expect(config).toContain('name: "a\\"b\\\\c"')
  expect(config.match(/^backend:/gm)).toHaveLength(1)
})

it('makes the weights` path one that does not depend on where Triton is started', () => {
  const config = tritonConfig({ name: 'a', weights: 'models/a', device: 'cpu' })
  expect(config).toContain(`string_value: "${process.cwd()}/models/a"`)
})
