// The vendors' tools are programs of the test's own that print what the real ones print.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findAccelerators } from './find-accelerators.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accelerators-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const install = (tool: string, script: string) =>
  writeFile(join(folder, tool), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
const print = (text: string) => `cat <<'END'\n${text}\nEND`
const find = () => findAccelerators([folder, '/usr/bin', '/bin'].join(delimiter))

describe('findAccelerators', () => {
  it('reads what nvidia-smi tells', async () => {
    await install('nvidia-smi', print('NVIDIA H100 80GB HBM3, 81559, 570.86.15\nNVIDIA L4, 23034, 570.86.15'))
    expect(await find()).toEqual([
      { vendor: 'NVIDIA', name: 'NVIDIA H100 80GB HBM3', memoryGiB: 79.6, driver: '570.86.15' },
      { vendor: 'NVIDIA', name: 'NVIDIA L4', memoryGiB: 22.5, driver: '570.86.15' },
    ])
  })

  it('reads what rocm-smi tells, in either spelling of its keys', async () => {
    const card = (key: string) => ({ [key]: 'AMD Instinct MI300X', 'VRAM Total Memory (B)': '206141652992' })
    const cards = {
      card0: card('Card series'),
      card1: card('Card Series'),
      system: { 'Driver version': '6.8.5' },
    }
    await install('rocm-smi', print(JSON.stringify(cards)))
    const amd = { vendor: 'AMD', name: 'AMD Instinct MI300X', memoryGiB: 192, driver: null }
    expect(await find()).toEqual([amd, amd])
  })

  it.each([
    ['there is no tool', async () => {}],
    ['the driver does not answer', () => install('nvidia-smi', `${print('NVIDIA-SMI has failed')}; exit 9`)],
    ['the tool prints something else', () => install('nvidia-smi', print('No devices were found'))],
    ['the list is no JSON', () => install('rocm-smi', print('WARNING: No AMD GPUs specified'))],
  ])('finds none where %s', async (_why, prepare) => {
    await prepare()
    expect(await find()).toEqual([])
  })
})
