// A second, slow simulator to check the fast one with: one token at a time, one array of plain records, no skipping.
// Mixed steps with prompts in parts, blocks, preemption; no prefix cache, no speculation.

import type { Scheduler } from './scheduler.js'
import type { StepCost } from './step-cost.js'

interface Item {
  readonly id: number
  readonly atMs: number
  readonly input: number
  readonly output: number
  written: number
  stored: number
  goal: number
  blocks: number
  firstMs: number
}

export interface ReferenceResult {
  readonly id: number
  readonly firstTokenMs: number
  readonly endMs: number
}

export const simulateSlowly = (
  requests: readonly { readonly atMs: number; readonly inputTokens: number; readonly outputTokens: number }[],
  scheduler: Scheduler,
  cost: StepCost,
): { readonly results: ReferenceResult[]; readonly preemptions: number } => {
  const { blockTokens, kvBlocks, maxBatchedTokens, maxSequences } = scheduler
  const coming: Item[] = requests.map(({ atMs, inputTokens, outputTokens }, id) => ({
    id,
    atMs,
    input: inputTokens,
    output: outputTokens,
    written: 0,
    stored: 0,
    goal: inputTokens,
    blocks: 0,
    firstMs: 0,
  }))
  const waiting: Item[] = []
  let running: Item[] = []
  const results: ReferenceResult[] = []
  let preemptions = 0
  let nowMs = 0
  const free = () => kvBlocks - running.reduce((sum, { blocks }) => sum + blocks, 0)
  const need = (item: Item, tokens: number) =>
    Math.max(0, Math.ceil((item.stored + tokens) / blockTokens) - item.blocks)

  while (results.length < requests.length) {
    while (coming[0] && coming[0].atMs <= nowMs) waiting.push(coming.shift() as Item)
    const plan = new Map<Item, number>()
    let hasPreempted = false
    for (const item of [...running]) {
      if (!running.includes(item) || item.stored < item.goal) continue
      while (running.includes(item) && need(item, 1) > free()) {
        const victim = running.pop() as Item
        Object.assign(victim, { goal: victim.input + victim.written, stored: 0, blocks: 0 })
        plan.delete(victim)
        waiting.unshift(victim)
        preemptions++
        hasPreempted = true
      }
      if (!running.includes(item)) continue
      item.blocks += need(item, 1)
      plan.set(item, 1)
    }
    const writers = new Set(plan.keys())
    let budget = maxBatchedTokens - plan.size
    for (const item of running)
      if (item.stored < item.goal) {
        plan.set(item, Math.min(budget, item.goal - item.stored))
        budget -= plan.get(item) ?? 0
      }
    while (!hasPreempted && budget > 0 && running.length < maxSequences && waiting[0]) {
      const item = waiting[0]
      const blocks = Math.ceil(item.goal / blockTokens)
      if (blocks > free()) break
      waiting.shift()
      running.push(item)
      item.blocks = blocks
      plan.set(item, Math.min(budget, item.goal))
      budget -= plan.get(item) ?? 0
    }
    if (plan.size === 0) {
      if (!hasPreempted) nowMs = coming[0]?.atMs ?? Number.NaN
      continue
    }
    nowMs += cost.stepMs(stepOf(plan, writers))
    for (const [item, tokens] of plan) {
      item.stored += tokens
      if (item.stored < item.goal) continue
      item.goal = item.stored
      if (item.written++ === 0) item.firstMs = nowMs
      if (item.written < item.output) continue
      running = running.filter((other) => other !== item)
      results.push({ id: item.id, firstTokenMs: item.firstMs, endMs: nowMs })
    }
  }
  return { results, preemptions }
}

const stepOf = (plan: ReadonlyMap<Item, number>, writers: ReadonlySet<Item>) => {
  const writing = [...plan].filter(([item]) => writers.has(item))
  const reading = [...plan].filter(([item]) => !writers.has(item))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  return {
    decodeSequences: writing.length,
    decodeContextTokens: sum(writing.map(([item]) => item.stored + 1)),
    tokensPerDecode: 1,
    prefillSequences: reading.length,
    prefillTokens: sum(reading.map(([, tokens]) => tokens)),
    prefillContextTokens: sum(reading.map(([item]) => item.stored)),
    prefillPairs: sum(reading.map(([item, tokens]) => tokens * (item.stored + tokens / 2))),
  }
}
