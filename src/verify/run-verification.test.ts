// A whole verification against a system that does what it should, and one that cannot be measured.

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Requirements } from '../spec/index.js'
import type { LoadProfile } from './load/load-profile.js'
import { verifyError } from './messages.js'
import type { VerificationPorts, WorkerProcess } from './ports.js'
import {
  answer,
  codes,
  path,
  portsOf,
  requirements,
  rowOf,
  useProject,
  verify,
  write,
} from './proving-project-testing.js'
import { scorecardSchema } from './scorecard.js'
import type { VerificationProgress } from './verification-options.js'

useProject()

describe('a verification', { timeout: 60_000 }, () => {
  it('measures every target and check of a system that does what it should', async () => {
    const progress: VerificationProgress[] = []
    const scorecard = await verify(
      ['speed', 'retrieval', 'answers', 'tasks', 'safety', 'ledger'],
      {},
      {
        onProgress: (step) => progress.push(step),
      },
    )
    expect(scorecardSchema.parse(JSON.parse(JSON.stringify(scorecard)))).toEqual(scorecard)
    expect(Object.fromEntries(scorecard.rows.map(({ id, verdict }) => [id, verdict]))).toEqual({
      'ttft-p95': 'not-measured',
      'ttft-p95.here': 'pass',
      ndcg: 'pass',
      accuracy: 'pass',
      refused: 'pass',
      recognised: 'pass',
      kept: 'pass',
      'passed-on': 'pass',
      cited: 'pass',
      caught: 'pass',
      flagged: 'pass',
      'retrieval.drcd': 'pass',
      'retrieval.xquad-en': 'pass',
      'retrieval.xquad-zh': 'pass',
      'attacks-caught.injection-zh-tw': 'pass',
      'attacks-caught.cyberseceval': 'pass',
      'harmless-flagged.xstest': 'pass',
      'cost-per-million-output-tokens': 'not-measured',
      'ledger-vs-invoice': 'pass',
      'kill9-survival': 'pass',
    })
    expect(rowOf(scorecard, 'ttft-p95.here')?.predicted).toMatchObject({ value: 40, low: 5, high: 200 })
    expect(rowOf(scorecard, 'cost-per-million-output-tokens')?.measured?.value).toBeGreaterThan(0.6)
    expect(new Set(progress.map(({ area }) => area)).size).toBe(6)
    const exported = await readFile(path('state/evidence/profile_export.jsonl'), 'utf8')
    expect(exported.trimEnd().split('\n').length).toBeGreaterThan(72)
  })

  it('says what was not part of the run', async () => {
    const scorecard = await verify(['answers'])
    expect(codes(scorecard, 'ttft-p95')).toContain('verify.note.not-run')
    expect(codes(scorecard, 'kill9-survival')).toContain('verify.note.not-run')
    expect(rowOf(scorecard, 'accuracy')?.verdict).toBe('pass')
  })

  it('asks each question once, also when several figures are read from its answer', async () => {
    const asked: string[] = []
    const system = {
      answer: (question: string) => {
        asked.push(question)
        return answer(question)
      },
    }
    const quality = {
      ...requirements.quality,
      targets: requirements.quality.targets.map((target) =>
        target.id === 'kept' ? { ...target, sample: 40 } : target,
      ),
    }
    const scorecard = await verify(['tasks'], { system }, { requirements: { ...requirements, quality } })
    expect(rowOf(scorecard, 'recognised')?.measured?.n).toBe(40)
    expect(rowOf(scorecard, 'kept')?.measured?.n).toBe(40)
    expect(asked.filter((question) => question.startsWith('task '))).toHaveLength(40)
    expect(new Set(asked).size).toBe(asked.length)
  })

  it('leaves a check without its data unmeasured', async () => {
    const scorecard = await verify(['safety'], {}, { benchmarksDirectory: path('nowhere') })
    expect(codes(scorecard, 'harmless-flagged.xstest')).toEqual(['verify.note.data-missing'])
    expect(rowOf(scorecard, 'caught')?.verdict).toBe('pass')
  })

  it('leaves the rows of a proving instance that does not start unmeasured, with the reason', async () => {
    const broken = verifyError('verify.system-away', { method: 'GET', path: '/health', detail: 'refused' })
    const ports = { ...portsOf({}), startProvingInstance: () => Promise.reject(broken) }
    const scorecard = await verify(['ledger'], {}, { ports })
    for (const id of ['ledger-vs-invoice', 'kill9-survival', 'cost-per-million-output-tokens'])
      expect(rowOf(scorecard, id)).toMatchObject({ verdict: 'not-measured', measured: null })
    expect(codes(scorecard, 'kill9-survival')).toEqual(['verify.note.failed-to-run'])
  })

  it('ends with the line of a suite that is wrong', async () => {
    await write('evals/broken.jsonl', '{"id": "x", "question": "q", "match": "about", "accepted": ["1"]}\n')
    const [first, ...others] = requirements.quality.targets
    const broken = {
      ...requirements,
      quality: { targets: [{ ...others[0], ...{ suite: 'evals/broken.jsonl' } }] },
    }
    expect(first).toBeDefined()
    await expect(verify(['answers'], {}, { requirements: broken as Requirements })).rejects.toMatchObject({
      code: 'verify.suite-invalid',
      params: { line: 1 },
    })
  })

  const shortLoad: LoadProfile = {
    name: 'short',
    shape: 'constant',
    requestsPerSecond: 250,
    durationSeconds: 0.4,
    warmupSeconds: 0,
    questions: 'evals/retrieval.jsonl',
    seed: 7,
  }
  it('asks public questions where the project has none, and says which file to write', async () => {
    const loadProfile = { ...shortLoad, questions: 'builtin:tasks/test', insteadOf: 'evals/own.jsonl' }
    const scorecard = await verify(['speed'], {}, { loadProfile })
    expect(rowOf(scorecard, 'ttft-p95.here')?.measured?.n).toBeGreaterThan(50)
    expect(codes(scorecard, 'ttft-p95.here')).toContain('verify.note.public-questions')
  })

  it.each([
    ['questions', 'load-profile.yaml', ['speed'], { loadProfile: { ...shortLoad, questions: 'no.jsonl' } }],
    [
      'suite',
      'requirements.yaml',
      ['answers'],
      {
        requirements: {
          ...requirements,
          quality: {
            ...requirements.quality,
            targets: requirements.quality.targets.map((target) => ({ ...target, suite: 'no.jsonl' })),
          },
        },
      },
    ],
  ] as const)(
    'ends where a file that %s names is absent, saying where to correct it',
    async (field, file, areas, change) => {
      const ended = verify([...areas], {}, change)
      await expect(ended).rejects.toMatchObject({ code: 'verify.suite-missing', params: { field } })
      await expect(ended).rejects.toThrow(file)
    },
  )

  const lateLoad = (times: number): VerificationPorts => {
    const ports = portsOf({})
    let loads = 0
    const startLoad = async (): Promise<WorkerProcess> => {
      const worker = await ports.startLoad()
      return {
        close: () => worker.close(),
        request: async <T>(method: string, params: unknown) => ({
          ...(await worker.request<T>(method, params)),
          eventLoopDelayP99Ms: loads++ < times ? 90 : 1,
        }),
      }
    }
    return { ...ports, startLoad }
  }

  it('offers the load again when its own generator was late, and says so', async () => {
    const scorecard = await verify(['speed'], {}, { ports: lateLoad(1), loadProfile: shortLoad })
    expect(rowOf(scorecard, 'ttft-p95.here')?.verdict).toBe('pass')
    expect(codes(scorecard, 'ttft-p95.here')).toContain('verify.note.repeated')
  })

  it('gives no verdict on speed when the generator was late twice', async () => {
    const scorecard = await verify(['speed'], {}, { ports: lateLoad(2), loadProfile: shortLoad })
    expect(rowOf(scorecard, 'ttft-p95.here')?.verdict).toBe('invalid')
    expect(codes(scorecard, 'ttft-p95.here')).toContain('verify.note.gate-failed')
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const stopped = verify(
      ['answers'],
      { system: { firstContentMs: 50 } },
      {
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('enough')),
      },
    )
    await expect(stopped).rejects.toThrow('enough')
  })
})
