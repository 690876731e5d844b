// Candidates for tests of what is done with them: one that meets everything, changed where a test needs it.

import type { Candidate, DesignReport } from '../search/report.js'

const exactly = (value: number) => ({ value, low: value, high: value })

export const candidateOf = (id: string, changes: Partial<Candidate> = {}): Candidate => ({
  id,
  kind: 'self-hosted',
  model: 'model',
  checkpoint: 'model',
  provider: 'list',
  engine: 'vllm',
  accelerator: 'h100_sxm',
  precision: 'bf16',
  build: 'published',
  kvDtype: 'auto',
  layout: { tensorParallel: 1, pipelineParallel: 1 },
  speculation: null,
  disaggregation: null,
  packing: null,
  replicas: { serving: 1, spare: 1, regions: 1 },
  accelerators: 2,
  costPerMonthUsd: 1000,
  usdPerMillionOutputTokens: 1,
  latency: { ttftP90Ms: exactly(100), e2eP90Ms: exactly(1000), tpotP90Ms: exactly(10) },
  targets: [],
  quality: { kind: 'published', metric: 'MMLU-Pro', value: 50, mode: 'direct', source: 'test' },
  qualityScore: exactly(50),
  utilisation: { peak: 0.5, average: 0.3 },
  memory: null,
  basis: 'measured',
  loadTests: 0,
  violations: [],
  ...changes,
})

/** A report of candidates that are in their order already; the first is the choice. */
export const reportOf = (candidates: readonly Candidate[], front: readonly string[] = []): DesignReport => ({
  requirementsHash: '',
  pricesAsOf: '2026-11-23',
  candidates,
  nearest: null,
  chosen: candidates[0]?.violations.length === 0 ? candidates[0] : null,
  front,
  reasons: [],
  relaxations: [],
  cost: null,
  breakEvenRequestsPerSecond: null,
  assumptions: [],
})
