// The views that detectors of plug-ins read.

import type { Views } from './contract.js'
import { createGrowingText } from './scan-text.js'

export const createViews = (original: string): Views => {
  const text = createGrowingText()
  text.append(original)
  text.finish()
  const codes: string[] = []
  for (let i = 0; i < text.length(); i++) codes.push(String.fromCharCode(text.at(i)))
  return { original, folded: codes.join(''), originalOffset: (index) => text.offset(index) }
}
