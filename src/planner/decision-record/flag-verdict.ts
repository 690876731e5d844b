// Whose list of flags knows a setting, or why none does.

import type { Message } from '../../core/index.js'
import type { LaunchSetting } from '../architecture/launch-setting.js'
import { recordMessage } from './record-messages.js'

export const flagVerdict = ({ validation }: LaunchSetting): Message => {
  const { against, list, problem } = validation
  return problem === null
    ? recordMessage('planner.flag-listed', { against, list })
    : recordMessage('planner.flag-unvalidated', { against, problem })
}
