// What an assessment puts in order, as people call it.

import type { Language } from '../../core/index.js'
import type { Aspect } from './assessment.js'

export const aspectNames: Readonly<Record<Aspect, Readonly<Record<Language, string>>>> = {
  safety: { en: 'safety', 'zh-TW': '安全' },
  privacy: { en: 'privacy', 'zh-TW': '隱私' },
  quality: { en: 'quality', 'zh-TW': '品質' },
  latency: { en: 'latency', 'zh-TW': '延遲' },
  cost: { en: 'cost', 'zh-TW': '費用' },
  availability: { en: 'availability', 'zh-TW': '可用性' },
}
