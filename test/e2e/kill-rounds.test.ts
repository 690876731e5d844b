import { afterAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/index.js'
import { runKillRound } from './kill-round.js'
import { createSmallProject } from './small-project.js'

const project = createSmallProject()
afterAll(() => project.remove())

describe('kill -9 under load', () => {
  const random = createRandom('kill rounds')

  it.each(['parent', 'database', 'knowledge'] as const)(
    'of the %s loses nothing acknowledged',
    { timeout: 90_000 },
    async (victim) => {
      const round = await runKillRound({ ...project, victim, random })
      expect(round.acknowledged).toBeGreaterThan(0)
      expect(round).toMatchObject({ lost: [], orphans: [], unaudited: [], auditProblems: [] })
    },
  )
})
