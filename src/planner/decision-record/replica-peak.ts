// What reaches the replicas of one region at the peak: all of it, or their part where a second way to serve is joined.

import type { Candidate } from '../search/report.js'

/** @param wholePeak requests/s that reach the engines of one region */
export const replicaPeakOf = ({ routing }: Candidate, wholePeak: number): number => {
  if (!routing) return wholePeak
  return routing.kind === 'overflow' ? routing.basePeakRequestsPerSecond : wholePeak * routing.escalatedShare
}
