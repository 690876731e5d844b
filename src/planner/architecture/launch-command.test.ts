import { describe, expect, it } from 'vitest'
import { loadCatalogue, requireAccelerator, requireModel } from '../../catalog/index.js'
import { requirementsOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { enginesFor } from '../memory/layouts.js'
import { launchCommand } from './launch-command.js'

const catalogue = loadCatalogue()
const requirements = requirementsOf({
  hosting: { allowed: ['self-hosted'], owned: [{ accelerator: 'l40s', count: 8 }], ownedOnly: true },
  models: { allowed: ['Qwen3-32B'] },
})
const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })

describe('launch commands', () => {
  it.each(enginesFor(requireAccelerator(catalogue, 'l40s')))(
    'of %s use flags that its version has',
    (engine) => {
      const candidates = report.candidates.filter(
        (candidate) => candidate.engine === engine && candidate.latency,
      )
      expect(candidates.length).toBeGreaterThan(0)
      for (const candidate of candidates) {
        const layout = candidate.layout ?? { tensorParallel: 1, pipelineParallel: 1 }
        const launch = launchCommand({
          candidate,
          layout,
          catalogue,
          contextTokens: 3000,
          servedName: 'qwen',
        })
        expect(launch?.problems, candidate.id).toEqual([])
        expect(launch?.checkedAgainst).toContain(engine)
      }
    },
  )

  it('hold the longest request, rounded up to 1,024 tokens', () => {
    const candidate = report.candidates.find(({ engine, latency }) => engine === 'vllm' && latency)
    if (!candidate?.layout) throw new Error('no candidate')
    const launch = launchCommand({
      candidate,
      layout: candidate.layout,
      catalogue,
      contextTokens: 3000,
      servedName: 'q',
    })
    const at = launch?.command.indexOf('--max-model-len') ?? -1
    expect(launch?.command[at + 1]).toBe('3072')
    expect(requireModel(catalogue, candidate.model).maxContext).toBeGreaterThan(3072)
  })
})
