// All texts of the room.

import { defineMessages } from '../core/index.js'
import { assessmentMessages } from './assessment-messages.js'
import { designMessages } from './design-messages.js'
import { machineMessages } from './machine-messages.js'
import { trafficMessages } from './traffic/traffic-messages.js'

export const plannerMessages = defineMessages({
  ...assessmentMessages,
  ...designMessages,
  ...machineMessages,
  ...trafficMessages,
})
