// The arithmetic behind a design, line by line: of the choice, or of the nearest way when nothing meets the requirements.

import type { Candidate, DesignReport } from '../search/report.js'
import { costSums } from './cost-sums.js'
import type { DesignFacts, SumGroup } from './design-facts.js'
import { memorySums } from './memory-sums.js'
import { replicaSums } from './replica-sums.js'
import { timeSums } from './time-sums.js'
import { workloadSums } from './workload-sums.js'

/** The candidate that the numbers are of; null when not even one could be sized. */
export const subjectOf = ({ chosen, nearest }: DesignReport): Candidate | null => chosen ?? nearest

/** Groups without a line are left out. */
export const arithmeticOf = (facts: DesignFacts): readonly SumGroup[] => {
  const subject = subjectOf(facts.report)
  const groups: readonly SumGroup[] = [
    { group: 'workload', sums: workloadSums(facts) },
    ...(subject
      ? ([
          { group: 'memory', sums: memorySums(facts, subject) },
          { group: 'time', sums: timeSums(facts, subject) },
          { group: 'replicas', sums: replicaSums(facts, subject) },
          { group: 'cost', sums: costSums(facts, subject) },
        ] as const)
      : []),
  ]
  return groups.filter(({ sums }) => sums.length > 0)
}
