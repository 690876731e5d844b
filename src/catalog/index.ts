// Floor 2: models, accelerators, prices and engine flags as data with pure lookups. No I/O.

export { type Accelerator, type GpuPrice, unknownProcessor } from './accelerator.js'
export type { BatchDiscount } from './batch-discount.js'
export {
  type Catalogue,
  engineOf,
  loadCatalogue,
  priceOf,
  requireAccelerator,
  requireModel,
} from './catalogue.js'
export { costUsd, type TokenPrice } from './cost-usd.js'
export { type EngineEnd, explainEngineEnd } from './engine-failures.js'
export {
  checkFlags,
  type Engine,
  type EngineFlag,
  type EngineName,
  type FlagProblem,
} from './engine-flags.js'
export {
  engineError,
  engineMessages,
  engineRemark,
  type LaunchProblemCode,
  launchProblem,
} from './engine-messages.js'
export { type EngineLoad, readEngineLoad } from './engine-metrics.js'
export {
  type EngineKind,
  type FoundProgram,
  flagValue,
  helpCommand,
  programIn,
} from './engine-program.js'
export { type Lookup, normaliseName } from './find-by-name.js'
export {
  contextOfRevision,
  furtherModel,
  lookUpFurtherModel,
  readFurtherModels,
  sameShape,
  weightBlockOf,
} from './further-models.js'
export type { GpuProvider } from './gpu-provider.js'
export { readConfigText } from './hf-config/parse-config.js'
export { modelOfConfig, type ReadConfig, readConfig } from './hf-config/read-model-config.js'
export type { HostedModel, HostedProvider } from './hosted-model.js'
export {
  checkListed,
  checkSnapshot,
  flagsInHelp,
  isOlder,
  type LaunchFlagProblem,
  type ListedFlags,
  snapshotName,
  versionIn,
} from './installed-flags.js'
export { catalogMessages } from './messages.js'
export type { Attention, Model, PublishedQuality } from './model.js'
export { modelsOfFamily } from './model-families.js'
export type {
  CacheShape,
  Component,
  LayerShape,
  ModelShape,
  StateCache,
  StoredFormat,
  Weight,
  WeightFormat,
} from './model-shape.js'
export type { GgufPrecision, Precision } from './precision.js'
export type { ApiPrice, PricedModel, PriceQuery } from './price-of.js'
export type { PurchaseRate } from './purchase-rate.js'
export { type Fact, type KnownServer, readServers } from './server.js'
export type { Source } from './table.js'
