// Rows with separate pools for prompts and answers (`P8/D8` in their columns).

import type { Catalogue } from '../../catalog/index.js'
import type { Coefficients } from '../speed/coefficients.js'
import { createStepModel } from '../speed/roofline.js'
import { type Deployment, deploymentOf } from './deployment-of.js'
import type { MeasuredRow } from './read-measured.js'
import type { RowPrediction } from './row-prediction.js'

/** `P4/D8` -> 4 and 8. */
const pair = (text: string): { readonly prompt: number; readonly answer: number } => {
  const [, prompt, answer] = /^p(\d+)\/d(\d+)$/i.exec(text) ?? []
  return { prompt: Number(prompt ?? 1), answer: Number(answer ?? 1) }
}

/**
 * Instances where a row does not say how many there were, which a table writes down as one and one without attention
 * groups: the median of the rows that do say it. Answers of at most a machine each come from several instances; wider
 * ones from one, fed by several that read prompts.
 */
const usualInstances = 4

/** `1P x 4gpu + 4D x 8gpu` -> instances and accelerators of each pool. */
const poolsOf = (row: MeasuredRow) => {
  const [, prompts = '1', promptSize, answers = '1', answerSize] =
    /(\d+)P x (\d+)gpu \+ (\d+)D x (\d+)gpu/i.exec(row.notes) ?? []
  const tp = pair(row.tp)
  const groups = pair(row.attn_dp)
  const size = Number(answerSize ?? tp.answer)
  const isStated = prompts !== '1' || answers !== '1' || groups.prompt > 1 || groups.answer > 1
  const isWide = size > widestGroup
  const usual = isWide ? { prompts: usualInstances, answers: 1 } : { prompts: 1, answers: usualInstances }
  return {
    prompt: { instances: isStated ? Number(prompts) : usual.prompts, size: Number(promptSize ?? tp.prompt) },
    answer: { instances: isStated ? Number(answers) : usual.answers, size },
  }
}

/** Wider than a machine, attention is spread by groups, and experts whole, whatever the columns say. */
const widestGroup = 8

/** Attention groups are stated, or equal the expert-parallel width where attention is one accelerator wide. */
const groupsOf = (row: MeasuredRow, pools: ReturnType<typeof poolsOf>) => {
  const stated = pair(row.attn_dp)
  const tp = pair(row.tp)
  const experts = pair(row.ep)
  const of = (side: 'prompt' | 'answer') => {
    if (pools[side].size > widestGroup) return pools[side].size
    return tp[side] === 1 && stated[side] === 1 ? experts[side] : stated[side]
  }
  return { prompt: of('prompt'), answer: of('answer'), experts }
}

/**
 * Time per token is a step of one answering instance with its share of the requests, undisturbed by prompts. Time to
 * first token is CPU work, the prompt in its pool with its share of the queue (M/D/1), and the cache's way over the link.
 */
export const predictDisaggregated = (
  row: MeasuredRow,
  catalogue: Catalogue,
  coefficients: Coefficients,
): RowPrediction | null => {
  const deployment = deploymentOf({ ...row, tp: '1', pp: '1', ep: '1', attn_dp: '1' }, catalogue)
  if (!deployment) return null
  const pools = poolsOf(row)
  const groups = groupsOf(row, pools)
  const answer = stepsOf(deployment, coefficients, {
    size: pools.answer.size,
    groups: groups.answer,
    experts: groups.experts.answer,
  })
  const prompt = stepsOf(deployment, coefficients, {
    size: pools.prompt.size,
    groups: groups.prompt,
    experts: groups.experts.prompt,
  })
  if (!answer || !prompt) return null
  const concurrency = Number(row.concurrency_or_rate)
  const [inputTokens, outputTokens] = [Number(row.isl), Number(row.osl)]
  const running = Math.max(1, concurrency / pools.answer.instances)
  const tpot = answer.decodeAt(inputTokens + outputTokens / 2)(running)
  const promptMs = prompt.prefillMs(inputTokens)
  const servers = pools.prompt.instances * prompt.attentionGroups
  const ofEngine = coefficients.engines[deployment.engine]
  const cycleMs = outputTokens * tpot + promptMs
  const busy = Math.min(0.95, (concurrency * promptMs) / servers / cycleMs)
  const ttft =
    prompt.requestOverheadMs +
    ofEngine.concurrencyMs * concurrency +
    ofEngine.promptTokenMs * inputTokens +
    promptMs +
    tpot +
    ((busy / (1 - busy)) * promptMs) / 2 +
    (ofEngine.burstShare * concurrency * promptMs) / servers / 2
  return { tpot, ttft, throughput: null }
}

const stepsOf = (
  { model, accelerator, precision, engine }: Deployment,
  coefficients: Coefficients,
  { size, groups, experts }: { readonly size: number; readonly groups: number; readonly experts: number },
) =>
  createStepModel({
    model,
    accelerator,
    precision,
    layout: { tensorParallel: size, pipelineParallel: 1 },
    attentionGroups: Math.max(1, Math.min(groups, size)),
    expertParallel: experts > 1 || groups > 1,
    engine,
    coefficients,
  })
