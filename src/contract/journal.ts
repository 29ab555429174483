/**
 * What every change of files leaves behind, so that it can be taken back: for each path what was there before, and what
 * after. Content lies once in a store of objects, by the SHA of its git blob. Whoever changes files for a call records
 * it through a ChangeRecorder; steps, undo and checkpoints are made of these records.
 */
export type FileState =
  | { kind: 'absent' }
  /** `kept`: its content is in the object store; else it was over a limit, or was let go. */
  | { kind: 'file'; sha: string; bytes: number; mode: number; kept: boolean }
  | { kind: 'link'; target: string }
  | { kind: 'directory'; mode: number }
  /** A socket, a pipe, a device, what cannot be read: named, never restored. */
  | { kind: 'other'; why: string }

export interface PathChange {
  /** Absolute. */
  path: string
  before: FileState
  after: FileState
}

export interface ChangeRecorder {
  /**
   * To be called before writing: keeps what stands at these absolute paths, durable when it resolves. It never rejects:
   * where nothing can be kept the person is told, and the change goes on without an undo.
   */
  before(paths: readonly string[], about: ChangeAbout): Promise<PendingChange>
  /** A directory for the capture of one command; undefined where nothing can be kept. */
  capture(about: ChangeAbout): Promise<PendingCapture | undefined>
}

export interface ChangeAbout {
  callId: string
  tool: string
  /** The command, where it is one. */
  command?: string
}

export interface PendingChange {
  /** After the write, or when it failed: what is there now. Only what differs is recorded. */
  done(): Promise<PathChange[]>
}

export interface PendingCapture {
  directory: string
  /** After the command, or at a border between two steps while it runs on: takes in what is new. Never rejects. */
  done(how: {
    by: 'notify' | 'scan' | 'nothing'
    note: string
    isOver: boolean
    /** The background shell that the command has become: what it goes on to change is taken in between steps. */
    shell?: string
  }): Promise<PathChange[]>
}
