// Hours of replicas from the curve, with the arithmetic written out.

import { describe, expect, it } from 'vitest'
import { hoursPerMonth } from '../../core/index.js'
import { type CapacityClock, createCapacityClock } from './capacity-clock.js'
import { hoursOf, planReplicas, replicaHours } from './replica-plan.js'
import { startUpMinutes } from './start-up.js'

const days = (hours: readonly number[]) => Array.from({ length: 7 }, () => hours).flat()
/** Twelve hours at 0.2, twelve at the peak. */
const halfDay = createCapacityClock(
  days([...Array.from({ length: 12 }, () => 0.2), ...Array.from({ length: 12 }, () => 1)]),
)

describe('the clock of a week', () => {
  it('keeps the mean of the hours', () => {
    expect(halfDay.mean).toBeCloseTo(0.6, 6)
  })

  it('lets the load change evenly between the middles of two hours', () => {
    // Above 0.5 from 0.375 h after the middle of the last quiet hour to 0.625 h after that of the last busy one:
    // 12 hours between the middles - 0.375 + 0.625 = 12.25 of 24, in steps of five minutes.
    expect(halfDay.shareAbove(0.5, 0)).toBeCloseTo(12.25 / 24, 2)
    expect(halfDay.shareAbove(0.1, 0)).toBe(1)
    expect(halfDay.shareAbove(1, 0)).toBe(0)
  })

  it('looks ahead by the minutes that a start takes', () => {
    // Once a day the load rises, so ten minutes ahead add ten minutes a day.
    expect(halfDay.shareAbove(0.5, 10) - halfDay.shareAbove(0.5, 0)).toBeCloseTo(10 / 60 / 24, 6)
  })

  it('adds up what exceeds a level', () => {
    // Above 0.5: eleven hours whole, 0.5 each, and two ramps of a triangle 0.5 x 0.625 h / 2.
    expect(halfDay.meanExcess(0.5)).toBeCloseTo((11 * 0.5 + 2 * 0.5 * 0.625 * 0.5) / 24, 2)
    expect(halfDay.meanExcess(0)).toBeCloseTo(0.6, 6)
  })
})

const needOf = (clock: CapacityClock, changes: Partial<Parameters<typeof planReplicas>[0]> = {}) => ({
  clock,
  load: 2,
  serving: 2,
  spare: 1,
  least: 1,
  scaleToZero: false,
  startMinutes: 0,
  ...changes,
})

describe('replicas over a month', () => {
  it('runs the first all month, the second while the load needs it, and the spare beside them', () => {
    const plan = planReplicas(needOf(halfDay))
    expect(plan.map(({ replicas }) => replicas)).toEqual([1, 1, 1])
    const [spare, first, second] = plan.map(({ hours }) => hours)
    expect(spare).toBe(hoursPerMonth)
    expect(first).toBe(hoursPerMonth)
    // The second is needed above half the peak: 12.25 of 24 hours.
    expect(second).toBeCloseTo((hoursPerMonth * 12.25) / 24, -1)
  })

  it('says what the hours are for, and loses none', () => {
    const need = needOf(halfDay, { startMinutes: 10 })
    const { serving, idle, lead, spare } = replicaHours(need)
    expect(serving + idle + lead + spare).toBeCloseTo(hoursOf(planReplicas(need)), 6)
    // The load takes 2 replicas x mean 0.6 of every hour.
    expect(serving).toBeCloseTo(2 * 0.6 * hoursPerMonth, 6)
    // One start a day, ten minutes of one replica: 730.5 / 24 x 10 / 60 hours.
    expect(lead).toBeCloseTo((hoursPerMonth / 24) * (10 / 60), 6)
    expect(spare).toBe(hoursPerMonth)
  })

  it('stops altogether in hours without load where that is allowed', () => {
    const office = createCapacityClock(
      days([...Array.from({ length: 12 }, () => 0), ...Array.from({ length: 12 }, () => 1)]),
    )
    const [spare, only] = planReplicas(needOf(office, { load: 1, serving: 1, scaleToZero: true }))
    // Twelve hours, and the half hours in which the load comes and goes: 13 of 24.
    expect(only?.hours).toBeCloseTo((hoursPerMonth * 13) / 24, -1)
    expect(spare?.hours).toBe(only?.hours)
    const kept = planReplicas(needOf(office, { load: 1, serving: 1 }))
    expect(kept[1]?.hours).toBe(hoursPerMonth)
  })

  it('keeps as many as asked for whatever the load', () => {
    const plan = planReplicas(needOf(halfDay, { load: 4, serving: 4, least: 3, spare: 0 }))
    expect(plan[0]).toEqual({ replicas: 3, hours: hoursPerMonth })
  })

  it('takes neighbours together among hundreds, and keeps their hours', () => {
    const many = planReplicas(needOf(halfDay, { load: 1000, serving: 1000, spare: 0 }))
    expect(many.length).toBeLessThanOrEqual(65)
    expect(many.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(1000)
    // 1,000 replicas x mean 0.6, and half a replica more because they come whole.
    expect(hoursOf(many) / hoursPerMonth).toBeCloseTo(600.5, -1)
  })
})

describe('the start of a replica', () => {
  it('is decision, machine, image, weights and engine', () => {
    // 16 GB of weights in one accelerator: 60 + 180 + 8 / 0.1 + 61 + 33 + 200 = 614 s.
    const weightsGiB = 16e9 / 1024 ** 3
    expect(startUpMinutes({ engine: 'vllm', weightsGiB, accelerators: 1 })).toBeCloseTo(614 / 60, 6)
  })

  it('reads the parts of the weights at the same time', () => {
    const weightsGiB = 16e9 / 1024 ** 3
    // Eight accelerators save seven eighths of the 33 s.
    expect(
      startUpMinutes({ engine: 'vllm', weightsGiB, accelerators: 1 }) -
        startUpMinutes({ engine: 'vllm', weightsGiB, accelerators: 8 }),
    ).toBeCloseTo((33 * 7) / 8 / 60, 6)
  })
})
