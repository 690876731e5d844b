// Floor 1: intervals, paired tests and ranking metrics. Pure functions; no I/O, no clock.

export { bootstrap, pairedBootstrap } from './bootstrap.js'
export type { Interval } from './interval.js'
export { mcnemar } from './mcnemar.js'
export { mean, meanInterval } from './mean-interval.js'
export { quantile, quantileInterval } from './quantile.js'
export { type Judgements, ndcgAt, type RankingMetric, recallAt, reciprocalRank } from './ranking.js'
export { type Comparison, type Target, verdictOf } from './verdict.js'
export { wilson } from './wilson.js'
