// Promise 3: bytes by identity. Which bytes a request came from and a frame stands for is kept beside the
// objects, so that no copy, however it was made, carries bytes that no longer match it.

import type { ChatEvent, ChatRequest, Frame, Wire } from './contract.js'

const origins = new WeakMap<ChatRequest, Wire>()
const wires = new WeakMap<Frame, Wire>()

/** Says which bytes this very request was decoded from. @returns the request */
export const attachOrigin = (request: ChatRequest, wire: Wire): ChatRequest => {
  origins.set(request, wire)
  return request
}

/** The bytes the request was decoded from; undefined once anybody edited it. */
export const originOf = (request: ChatRequest): Wire | undefined => origins.get(request)

/** Says which bytes this very frame stands for. @returns the frame */
export const attachWire = (frame: Frame, wire: Wire): Frame => {
  wires.set(frame, wire)
  return frame
}

/**
 * A frame that was made with its bytes. They stand in a private field, which no copy takes along either; a place in a
 * WeakMap costs twenty times as much, and a stream has thousands of frames.
 */
export class WireFrame implements Frame {
  readonly #wire: Wire
  readonly #read: () => readonly ChatEvent[]
  readonly #readGist: (() => readonly ChatEvent[]) | undefined
  #events: readonly ChatEvent[] | undefined
  #gist: readonly ChatEvent[] | undefined

  /**
   * @param read called at most once
   * @param readGist likewise; default: the gist is what `read` returns
   */
  constructor(wire: Wire, read: () => readonly ChatEvent[], readGist?: () => readonly ChatEvent[]) {
    this.#wire = wire
    this.#read = read
    this.#readGist = readGist
  }

  events(): readonly ChatEvent[] {
    this.#events ??= this.#read()
    return this.#events
  }

  static wireOf(frame: Frame): Wire | undefined {
    return #wire in frame ? frame.#wire : undefined
  }

  static gistOf(frame: Frame): readonly ChatEvent[] {
    if (!(#gist in frame)) return frame.events()
    frame.#gist ??= frame.#events ?? frame.#readGist?.() ?? frame.events()
    return frame.#gist
  }
}

/**
 * What the frame says, for whoever only looks: as its events have it, but neighbouring texts may be one event, and what
 * only an encoder needs may be missing. Most chunks of a stream are never decoded for it.
 */
export const gistOf = (frame: Frame): readonly ChatEvent[] => WireFrame.gistOf(frame)

/** The bytes the frame stands for; undefined when it was edited, or was never on a wire. */
export const wireOf = (frame: Frame): Wire | undefined => WireFrame.wireOf(frame) ?? wires.get(frame)

/**
 * A request with some fields replaced; the only way to change one. It has no origin, so an engine encodes it anew.
 * @param patch fields to replace; the others stay as they are
 * @example
 * const shorter = editRequest(request, { maxOutputTokens: 256 })
 */
export const editRequest = (request: ChatRequest, patch: Partial<ChatRequest>): ChatRequest => ({
  ...request,
  ...patch,
})

/**
 * A frame that says something else than `frame` did; the only way to change one. It has no bytes.
 * @param events what it says now; the frame itself is returned when they are its own, untouched
 */
export const editFrame = (frame: Frame, events: readonly ChatEvent[]): Frame =>
  events === frame.events() ? frame : { events: () => events }
