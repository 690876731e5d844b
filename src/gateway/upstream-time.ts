// How much of a request's time was its upstreams', told attempt by attempt. The rest was ours: reading the request,
// queues, pauses before retries, searches, guards, the journal, holding an answer back.

export interface UpstreamTime {
  /** A deployment is called. An attempt before it that is still under way counts until now. @param nowMs monotonic ms */
  called(nowMs: number): void
  /** Its first content has arrived. */
  answered(nowMs: number): void
  /** It has ended, or failed; all of its time was its upstream's. */
  ended(nowMs: number): void
  /** Earlier attempts whole, and the last one until its first content. */
  untilContentMs(nowMs: number): number
  totalMs(nowMs: number): number
}

export const createUpstreamTime = (): UpstreamTime => {
  let earlierMs = 0
  let calledMs: number | undefined
  let answeredMs: number | undefined
  let endedMs: number | undefined
  const untilMs = (endMs: number) => earlierMs + (calledMs === undefined ? 0 : endMs - calledMs)
  return {
    called: (nowMs) => {
      earlierMs = untilMs(endedMs ?? nowMs)
      calledMs = nowMs
      answeredMs = undefined
      endedMs = undefined
    },
    answered: (nowMs) => {
      answeredMs = nowMs
    },
    ended: (nowMs) => {
      endedMs ??= nowMs
    },
    untilContentMs: (nowMs) => untilMs(answeredMs ?? endedMs ?? nowMs),
    totalMs: (nowMs) => untilMs(endedMs ?? nowMs),
  }
}

/**
 * The response header `server-timing` (W3C Server Timing), in ms: what was waited for upstreams before there was
 * something to say, and everything else.
 */
export const serverTiming = (upstreamMs: number, totalMs: number): string =>
  `upstream;dur=${upstreamMs.toFixed(1)}, gateway;dur=${Math.max(0, totalMs - upstreamMs).toFixed(1)}`
