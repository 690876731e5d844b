// What a parent and its child say to each other. Knows no transport.

/** The form in which an ArchitectError crosses; `reviveError` reads it. */
export type ErrorData = unknown

export type ParentMessage =
  | { readonly type: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  /** Asks for a sign of life. */
  | { readonly type: 'ping' }
  /** Finish and exit. The end of the stream says the same, less politely. */
  | { readonly type: 'close' }

export type ChildMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'pong' }
  | { readonly type: 'start-failed'; readonly error: ErrorData }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorData }
  | { readonly type: 'progress'; readonly id: number; readonly value: unknown }
