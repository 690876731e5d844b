// Floor 1: child processes and directory locks. Knows what no child does.

export {
  acquireDirectoryLock,
  type DirectoryLock,
  type LockInfo,
  type LockRecord,
  readDirectoryLock,
} from './directory-lock.js'
export {
  guardProgram,
  nameOfExit,
  type ProgramFailure,
  type ProgramSpec,
  type ProgramStatus,
} from './guard-program.js'
export type { RestartPolicy } from './keep-running.js'
export { supervisorMessages } from './messages.js'
export { foreignListener } from './port-owner.js'
export { endLeftOver } from './program-record.js'
export type { ChildState } from './readiness.js'
export { type ChildMethod, type ServeParentOptions, serveParent } from './serve-parent.js'
export {
  type RequestOptions,
  type SupervisedChild,
  type SuperviseOptions,
  superviseChild,
} from './supervise-child.js'
export { type SupervisedProgram, superviseProgram } from './supervise-program.js'
export { v8Flags } from './v8-flags.js'
