// How fast the built-in engine runs a model on this machine: a roofline of two rates and two fixed times, which a run of
// two models of known size gives. Pure; whoever knows the machine measures it.

/** How one model ran, alone and on one thread, once its process was warm. */
export interface LocalSample {
  /** Bytes of weights that are read for each token. */
  readonly bytes: number
  /** Floating-point operations of one token. */
  readonly flops: number
  /** Time to the first token, ms, after a prompt of so many tokens that no earlier one began with. */
  readonly shortPrompt: { readonly tokens: number; readonly ms: number }
  /** Time of each further token, ms. */
  readonly tokenMs: number
}

export interface LargeLocalSample extends LocalSample {
  readonly longPrompt: LocalSample['shortPrompt']
}

export interface LocalRates {
  /** Weights read while an answer is written, GB/s. */
  readonly memoryGBps: number
  /** Matrix products while a prompt is read, GFLOP/s. */
  readonly matrixGflops: number
  /** What a token and what a prompt take beside that, ms: sampling, and the way between the processes. */
  readonly tokenOverheadMs: number
  readonly promptOverheadMs: number
}

/**
 * The rates of a machine. Writing is bound by reading the weights, reading a prompt by arithmetic (S. Williams,
 * A. Waterman, D. Patterson: Roofline, CACM 52(4), 2009): t_token = a + bytes / bandwidth and
 * t_first = b + tokens x flops / rate.
 * @param small a model that is close in size to those to be predicted
 * @param large one of at least several times its size
 */
export const fitLocalRates = (small: LocalSample, large: LargeLocalSample): LocalRates => {
  const msPerByte = Math.max((large.tokenMs - small.tokenMs) / (large.bytes - small.bytes), Number.EPSILON)
  const { shortPrompt, longPrompt } = large
  const msPerFlop = Math.max(
    (longPrompt.ms - shortPrompt.ms) / ((longPrompt.tokens - shortPrompt.tokens) * large.flops),
    Number.EPSILON,
  )
  return {
    memoryGBps: 1e-6 / msPerByte,
    matrixGflops: 1e-6 / msPerFlop,
    tokenOverheadMs: Math.max(0, small.tokenMs - small.bytes * msPerByte),
    promptOverheadMs: Math.max(0, small.shortPrompt.ms - small.shortPrompt.tokens * small.flops * msPerFlop),
  }
}

export interface LocalSpeed {
  readonly firstTokenMs: number
  readonly tokensPerSecond: number
}

/** What a model of this size will do for one user after a prompt of so many tokens. */
export const predictLocalSpeed = (
  rates: LocalRates,
  model: { readonly bytes: number; readonly parameters: number },
  promptTokens: number,
): LocalSpeed => {
  const promptMs = (promptTokens * 2 * model.parameters * 1e-6) / rates.matrixGflops
  const tokenMs = rates.tokenOverheadMs + (model.bytes * 1e-6) / rates.memoryGBps
  return { firstTokenMs: rates.promptOverheadMs + promptMs, tokensPerSecond: 1000 / tokenMs }
}
