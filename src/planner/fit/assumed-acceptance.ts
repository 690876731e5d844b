// The chance that a drafted token is accepted, by method, where nobody measured it: what was published, each with its
// source. Acceptance is of the text as much as of the method, so each comes with the range of what was published.

import type { Speculation } from './fit-request.js'

export interface AssumedAcceptance {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly source: string
}

interface Published extends AssumedAcceptance {
  readonly methods: RegExp
}

const published: readonly Published[] = [
  {
    // Mean tokens of a step with ten drafted ones: 1.55 to 1.74. Translations repeat nothing of their prompt (1.02 to 1.07
    // times as fast in all); edits of a text, which repeat most of it, 2.96 with five (vllm-project/vllm pull request 24344).
    methods: /ngram|suffix|lookup|lookahead/i,
    value: 0.4,
    low: 0.1,
    high: 0.75,
    source: 'Spec-Bench, PLD (hemingkx/Spec-Bench, Leaderboard.md)',
  },
  {
    // Llama-3.1-8B: 2.36, 2.79, 3.32 and 3.54 tokens a step with 2, 3, 5 and 7 drafted; Qwen3-30B-A3B, which samples:
    // 2.16 with 5 (vllm-project/speculators pull request 610).
    methods: /eagle-?3/i,
    value: 0.75,
    low: 0.55,
    high: 0.8,
    source: 'vllm-project/vllm issue 20780, Llama-3.1-8B',
  },
  {
    // The same model: 2.10, 2.29, 2.43 and 2.47. Qwen2-7B, drafting a chain, 1.5 to 1.7 (SafeAILab/EAGLE issue 143);
    // Vicuna and Llama 2 about 0.75 at each place (EAGLE, arXiv:2401.15077).
    methods: /eagle/i,
    value: 0.6,
    low: 0.4,
    high: 0.75,
    source: 'vllm-project/vllm issue 20780, Llama-3.1-8B',
  },
  {
    // 1.83 tokens with one drafted, 4.50 with eight (vllm-project/vllm pull request 48892). DeepSeek-V3's report says 85 to
    // 90 % of the first one (arXiv:2412.19437, 5.4.3); prose of Qwen3.8-27B 0.65 (tenstorrent/vllm issue 442).
    methods: /mtp|nextn/i,
    value: 0.8,
    low: 0.65,
    high: 0.9,
    source: 'vllm-project/vllm pull request 48892; arXiv:2412.19437, 5.4.3',
  },
  {
    // 2.32 to 2.39 tokens a step of four heads, which tried a tree.
    methods: /medusa|mlp/i,
    value: 0.6,
    low: 0.45,
    high: 0.65,
    source: 'Spec-Bench, Medusa (hemingkx/Spec-Bench, Leaderboard.md)',
  },
]

/** A smaller model: 2.01 to 2.28 tokens a step for one of 68 million parameters; for larger ones 0.53 to 0.82. */
const draftModel: AssumedAcceptance = {
  value: 0.6,
  low: 0.5,
  high: 0.8,
  source: 'Spec-Bench, SpS (hemingkx/Spec-Bench, Leaderboard.md); Leviathan et al. 2023, arXiv:2211.17192',
}

export const assumedAcceptance = ({ method }: Pick<Speculation, 'method'>): AssumedAcceptance =>
  published.find(({ methods }) => methods.test(method)) ?? draftModel
