// All texts of the room.

import { defineMessages } from '../core/index.js'
import { assessmentMessages } from './assessment-messages.js'
import { designMessages } from './design-messages.js'

export const plannerMessages = defineMessages({ ...assessmentMessages, ...designMessages })
