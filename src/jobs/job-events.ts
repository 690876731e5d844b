// Tells those in this process that a job came or changed, so that they need not wait for the next poll.
// Knows no database; other processes are not heard.

export interface JobEvents {
  /** @param topic a job's id or a kind @returns the function that stops it */
  on(topic: string, listener: () => void): () => void
  emit(topic: string): void
}

export const createJobEvents = (): JobEvents => {
  const listeners = new Map<string, Set<() => void>>()
  return {
    on: (topic, listener) => {
      const ofTopic = listeners.get(topic) ?? new Set()
      listeners.set(topic, ofTopic.add(listener))
      return () => {
        ofTopic.delete(listener)
        if (ofTopic.size === 0) listeners.delete(topic)
      }
    },
    emit: (topic) => {
      for (const listener of listeners.get(topic) ?? []) listener()
    },
  }
}
