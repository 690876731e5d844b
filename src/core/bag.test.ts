import { describe, expect, it } from 'vitest'
import { createBag } from './bag.js'
import { createRandom } from './random.js'

describe('a bag', () => {
  it('holds what a Set would hold, over 5,000 random steps', () => {
    const random = createRandom(1)
    const bag = createBag<number>()
    const expected = new Set<number>()
    const removals = new Map<number, () => void>()
    for (let step = 0; step < 5_000; step++) {
      const victim = [...removals.keys()][Math.floor(random.next() * removals.size)]
      if (victim === undefined || random.next() < 0.52) {
        removals.set(step, bag.add(step))
        expected.add(step)
      } else {
        removals.get(victim)?.()
        removals.delete(victim)
        expected.delete(victim)
      }
      expect(bag.size).toBe(expected.size)
    }
    expect([...bag].sort((a, b) => a - b)).toEqual([...expected])
  })

  it('takes an item out once, whatever came after it', () => {
    const bag = createBag<string>()
    const removeFirst = bag.add('first')
    removeFirst()
    bag.add('second')
    removeFirst()
    expect([...bag]).toEqual(['second'])
  })

  it('may change while it is gone through', () => {
    const bag = createBag<() => void>()
    const seen: string[] = []
    const removeA = bag.add(() => removeB())
    const removeB = bag.add(() => removeA())
    for (const work of bag) {
      work()
      seen.push('called')
    }
    expect([seen.length, bag.size]).toEqual([2, 0])
  })

  it('is empty once cleared, and earlier items can no longer be taken out of it', () => {
    const bag = createBag<number>()
    const remove = bag.add(1)
    bag.clear()
    bag.add(2)
    remove()
    expect([...bag]).toEqual([2])
  })
})
