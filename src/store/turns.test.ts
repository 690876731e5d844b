import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.js'

const letGo = async () => ({ keep: false })
const keepTurn = async () => ({ keep: true })

describe('createTurns', () => {
  it('runs one step at a time, in order of asking', async () => {
    const turns = createTurns()
    const seen: string[] = []
    const step = (name: string) =>
      turns.run({}, async () => {
        seen.push(`${name} starts`)
        await Promise.resolve()
        seen.push(`${name} ends`)
        return { keep: false }
      })
    await Promise.all([step('a'), step('b')])
    expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends'])
  })

  it('lets nobody else in while an owner keeps the turn', async () => {
    const turns = createTurns()
    const [owner, other] = [{}, {}]
    await turns.run(owner, keepTurn)
    const seen: string[] = []
    const waiting = turns.run(other, async () => {
      seen.push('other')
      return { keep: false }
    })
    await turns.run(owner, async () => {
      seen.push('owner')
      return { keep: true }
    })
    expect(turns.holds(owner)).toBe(true)
    await turns.run(owner, letGo)
    await waiting
    expect(seen).toEqual(['owner', 'other'])
    expect(turns.holds(owner)).toBe(false)
  })

  it('takes the turn from an owner whose step fails', async () => {
    const turns = createTurns()
    const owner = {}
    await turns.run(owner, keepTurn)
    const failing = turns.run(owner, async () => {
      throw new Error('broken')
    })
    await expect(failing).rejects.toThrow('broken')
    await expect(turns.run({}, letGo)).resolves.toBeUndefined()
  })

  it('never lets two owners mix their steps between keeping and letting go', async () => {
    const scripts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(scripts, async (lengths) => {
        const turns = createTurns()
        const seen: number[] = []
        const play = async (length: number, who: number) => {
          const owner = {}
          for (let i = 1; i <= length; i++)
            await turns.run(owner, async () => {
              seen.push(who)
              return { keep: i < length }
            })
        }
        await Promise.all(lengths.map(play))
        const changes = seen.filter((who, i) => i > 0 && who !== seen[i - 1]).length
        expect(changes).toBe(lengths.length - 1)
      }),
      { numRuns: 50 },
    )
  })
})
