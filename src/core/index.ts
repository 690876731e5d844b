// Floor 0: what every room may use. Imports nothing of the product.

export type { Attempt, AttemptEnd, AttemptRecorder, AttemptStart, OpenAttempt } from './attempt.js'
export { type Bag, createBag } from './bag.js'
export { type Clock, createManualClock, type ManualClock, systemClock } from './clock.js'
export { coreMessages } from './core-messages.js'
export { agreeing, counted } from './counted.js'
export { ArchitectError, type ErrorOptions, errorFactory, reviveError, toArchitectError } from './errors.js'
export { canonicalJson, contentHash, createId } from './ids.js'
export { type Language, languageOfHeader, languageOfLocale, languageOfText, languages } from './language.js'
export { type Log, silentLog } from './log.js'
export {
  createRenderer,
  defineMessages,
  type Message,
  type MessageCatalogue,
  messageFactory,
  type Params,
  type Renderer,
} from './messages.js'
export { createRandom, type Random } from './random.js'
export { type Span, splitSentences } from './sentences.js'
export { suggest } from './suggest.js'
export {
  bytesPerGiB,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
  hoursPerMonth,
  secondsPerMonth,
} from './units.js'
export { addUsage, noUsage, type Usage, type UsageSource } from './usage.js'
