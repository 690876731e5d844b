// The test of two systems on the same items with yes/no outcomes. Only the items they disagree on count.

import { binomialCumulative } from './distributions.js'

/**
 * Two-sided p-value of the exact McNemar test: were disagreements equally likely either way, how often would
 * they be split at least this unevenly?
 * Source: Q. McNemar, Psychometrika 12 (1947) 153; exact form by the sign test.
 * @param onlyFirst items that only the first system got right
 * @param onlySecond items that only the second system got right
 * @returns 1 when they never disagree
 */
export const mcnemar = (onlyFirst: number, onlySecond: number): number =>
  Math.min(1, 2 * binomialCumulative(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond, 0.5))
