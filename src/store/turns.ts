// One thing at a time, in order of asking, except that an owner may keep the turn over several steps.
// Knows nothing of what the steps do.

export interface Turns {
  /** Runs a step when it is the owner's turn. `keep: true` keeps the turn for the owner's next step. */
  run(owner: object, step: () => Promise<{ readonly keep: boolean }>): Promise<void>
  holds(owner: object): boolean
}

interface Waiting {
  readonly owner: object
  readonly start: () => Promise<void>
}

export const createTurns = (): Turns => {
  let waiting: Waiting[] = []
  let holder: object | undefined
  let running = false

  const advance = () => {
    if (running) return
    const next = waiting.find((candidate) => holder === undefined || candidate.owner === holder)
    if (!next) return
    waiting = waiting.filter((other) => other !== next)
    running = true
    void next.start().then(() => {
      running = false
      advance()
    })
  }

  return {
    run: (owner, step) =>
      new Promise((resolve, reject) => {
        const start = async () => {
          try {
            const { keep } = await step()
            holder = keep ? owner : undefined
            resolve()
          } catch (error) {
            holder = undefined
            reject(error)
          }
        }
        waiting.push({ owner, start })
        advance()
      }),
    holds: (owner) => holder === owner,
  }
}
