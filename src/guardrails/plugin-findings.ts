// Runs a plug-in's detector so that its faults stay its own: offsets are brought into range, and a detector
// that throws counts as having found the whole text, so that a fault never opens the gate.

import type { Detector, Finding, Views } from './contract.js'

const clamp = (value: number, low: number, high: number) =>
  Number.isFinite(value) ? Math.min(high, Math.max(low, Math.trunc(value))) : low

export const pluginFindings = (detector: Detector, views: Views): readonly Finding[] => {
  const length = views.original.length
  try {
    return detector.find(views).map(({ kind, start, end, severity }) => {
      const from = clamp(start, 0, length)
      return { detector: detector.id, kind, start: from, end: clamp(end, from, length), severity }
    })
  } catch {
    // Somebody else's code: that it failed is itself a finding, and no request fails of it.
    return [{ detector: detector.id, kind: 'detector-failed', start: 0, end: length, severity: 'medium' }]
  }
}
