// The parts of architecture.yaml that say what happens when an engine fails, is slow or is asked for too much.

import { z } from 'zod'

/** Further calls of the same deployment before the next candidate is asked; only while the client has seen nothing. */
export const retry = z.strictObject({
  /** Calls in all, the first included; 1 = never again. */
  attempts: z.int().min(1).max(10).default(2),
  /** Longest random pause before the second call; doubles with each further one. */
  baseDelayMs: z.number().nonnegative().default(200),
  /** Longest pause of all; a Retry-After beyond it is not waited for. */
  maxDelayMs: z.number().nonnegative().default(2_000),
})

/** When a deployment's key is left alone, and for how long. */
export const breaker = z.strictObject({
  /** Failures in a row that open it; 0 = never by this. */
  consecutiveFailures: z.int().nonnegative().default(5),
  /** Share of failed calls within the window that opens it, once there were `minimumCalls`; 1 = never by this. */
  failureRate: z.number().positive().max(1).default(0.5),
  minimumCalls: z.int().positive().default(20),
  windowMs: z.number().positive().default(30_000),
  /** How long it stays open before a single call probes. */
  openMs: z.number().positive().default(5_000),
})

/** How many calls a deployment is given at the same time. */
export const deploymentLimits = z.strictObject({
  /** 0 = no limit. */
  concurrency: z.int().nonnegative().default(0),
  /** Calls that may wait for their turn, of all tenants together. */
  queue: z.int().nonnegative().default(100),
})

/** What becomes of an answer whose client has left. */
export const onDisconnect = z.enum(['abort', 'drain'])

/** How far `onDisconnect: drain` reads on, so that the engine's own usage report is known. */
export const drainCap = z.strictObject({
  seconds: z.number().positive().max(3_600).default(30),
  /** Estimated tokens of the answer after the client has left. */
  tokens: z.int().positive().default(4_096),
})

/** The cap of a route that drains, with its defaults. */
export const drainCapOf = (route: { readonly drainCap?: z.infer<typeof drainCap> | undefined }) =>
  route.drainCap ?? drainCap.parse({})
