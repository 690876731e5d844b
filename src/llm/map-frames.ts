// Promises 5 and 10: editors. Everything that changes or withholds what a stream says goes through here.

import type { ChatStream, Frame } from './contract.js'
import { type Ending, type Released, wrapStream } from './wrap-stream.js'

/** Decides frame by frame what a stream says. One that throws has failed, and the stream ends with its error. */
export interface FrameEditor {
  /**
   * The frame itself when nothing changes, one made by `editFrame` or `frameOf` when something does, undefined to
   * withhold it, `released` with those that are to go on now and were withheld by a `released` without them before,
   * or an `Ending` to end the stream here: the inner stream is cancelled as `blocked`, `last` is
   * yielded as the last frame, and the outcome keeps the usage that was spent.
   */
  edit(frame: Frame): Frame | Released | Ending | undefined
  /** Called once after the last frame, unless the editor ended the stream: what is still withheld. */
  flush?(): Frame | undefined
}

/**
 * The stream as an editor leaves it. Answer head, outcome and `cancel` stay those of the inner stream; after the
 * first edit no frame has bytes. An editor that may withhold the first content is followed by `commitStream`.
 * @example
 * mapFrames(stream, { edit: (frame) => editFrame(frame, frame.events().map(redact)) })
 */
export const mapFrames = (stream: ChatStream, editor: FrameEditor): ChatStream =>
  wrapStream(stream, { edit: (frame) => editor.edit(frame), flush: () => editor.flush?.() })
