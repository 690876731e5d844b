// The responses that this process answers in the background, by owner: what lets others follow, show and cancel them.
// One for the life of the process, so that they are found also after a reload.

import type { Owner } from '../../conversations/index.js'
import { gatewayError } from '../messages.js'
import type { EventLog } from './event-log.js'

type Response = Readonly<Record<string, unknown>>

export interface BackgroundRun {
  readonly log: EventLog
  /** The response as far as it has come. */
  current(): Response
  /** Ends it, unless it has ended. @returns the response as it ended */
  cancel(): Promise<Response>
}

export interface BackgroundRuns {
  /**
   * Takes one of the places of its owner.
   * @returns gives it back
   * @throws gateway.background-full
   */
  add(owner: Owner, id: string, place: { readonly run: BackgroundRun; readonly limit: number }): () => void
  find(owner: Owner, id: string): BackgroundRun | undefined
}

/** For all owners together. */
const maxRuns = 1000
/** After which a client whose runs are too many may look again. */
const retryAfterMs = 5_000

export const createBackgroundRuns = (): BackgroundRuns => {
  const owners = new Map<string, Map<string, BackgroundRun>>()
  const keyOf = ({ tenant, keyId }: Owner) => JSON.stringify([tenant, keyId])
  let count = 0
  return {
    add: (owner, id, { run, limit }) => {
      const key = keyOf(owner)
      const runs = owners.get(key) ?? new Map<string, BackgroundRun>()
      if (count >= maxRuns)
        throw gatewayError('gateway.background-crowded', { limit: maxRuns }, { retryable: true })
      if (runs.size >= limit)
        throw gatewayError(
          'gateway.background-full',
          { running: runs.size, limit, retryAfterMs },
          { retryable: true },
        )
      owners.set(key, runs.set(id, run))
      count++
      return () => {
        if (!runs.delete(id)) return
        count--
        if (runs.size === 0) owners.delete(key)
      }
    },
    find: (owner, id) => owners.get(keyOf(owner))?.get(id),
  }
}
