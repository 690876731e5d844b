// A dialect's own fields in an event: they stand in `extra` under the dialect's name, so that the encoder of
// another dialect passes them by.

import type { ChatEvent, Dialect, Extra } from '../contract.js'
import type { Fields } from './fields.js'

export const nativeExtra = (dialect: Dialect, fields: Fields): Extra => ({ [dialect]: fields })

/** The dialect's own fields of an event, undefined when it came from elsewhere. */
export const nativeOf = <N = Fields>(event: ChatEvent, dialect: Dialect): N | undefined =>
  event.extra?.[dialect] as N | undefined
