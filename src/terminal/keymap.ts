/** Which key does what in the line editor: one table, from which `/help` derives its list of keys too. */
import type { Motion } from './edit-buffer.ts'

export type EditAction =
  | { do: 'move'; to: Motion }
  | { do: 'remove'; to: Motion; kill: boolean }
  | {
      do:
        | 'newline'
        | 'submit'
        | 'transpose'
        | 'yank'
        | 'undo'
        | 'redo'
        | 'history-back'
        | 'history-forward'
        | 'search'
        | 'complete'
        | 'complete-back'
    }
  | { do: OwnerAction }

/** For whoever owns the editor. */
export type OwnerAction =
  | 'interrupt'
  | 'end-of-input'
  | 'escape'
  | 'suspend'
  | 'clear-screen'
  | 'external-editor'
  | 'toggle-thinking'

function move(to: Motion): EditAction {
  return { do: 'move', to }
}

function remove(to: Motion, kill = false): EditAction {
  return { do: 'remove', to, kill }
}

export function keymap(): Record<string, EditAction> {
  return {
    enter: { do: 'submit' },
    'ctrl+j': { do: 'newline' },
    'shift+enter': { do: 'newline' },
    'ctrl+enter': { do: 'newline' },
    left: move('left'),
    right: move('right'),
    'ctrl+b': move('left'),
    'ctrl+f': move('right'),
    'ctrl+left': move('word-left'),
    'ctrl+right': move('word-right'),
    'alt+left': move('word-left'),
    'alt+right': move('word-right'),
    'alt+b': move('word-left'),
    'alt+f': move('word-right'),
    home: move('line-start'),
    end: move('line-end'),
    'ctrl+a': move('line-start'),
    'ctrl+e': move('line-end'),
    'ctrl+home': move('start'),
    'ctrl+end': move('end'),
    'alt+shift+,': move('start'),
    'alt+<': move('start'),
    'alt+>': move('end'),
    up: move('up'),
    down: move('down'),
    backspace: remove('left'),
    'shift+backspace': remove('left'),
    delete: remove('right'),
    'alt+backspace': remove('word-left', true),
    'ctrl+backspace': remove('word-left', true),
    'ctrl+w': remove('blank-left', true),
    'alt+d': remove('word-right', true),
    'ctrl+delete': remove('word-right', true),
    'ctrl+k': remove('line-end', true),
    'ctrl+u': remove('line-start', true),
    'ctrl+y': { do: 'yank' },
    'ctrl+t': { do: 'transpose' },
    'ctrl+_': { do: 'undo' },
    'alt+_': { do: 'redo' },
    'alt+/': { do: 'redo' },
    'ctrl+p': { do: 'history-back' },
    'ctrl+n': { do: 'history-forward' },
    'ctrl+r': { do: 'search' },
    tab: { do: 'complete' },
    'shift+tab': { do: 'complete-back' },
    'ctrl+c': { do: 'interrupt' },
    'ctrl+d': { do: 'end-of-input' },
    escape: { do: 'escape' },
    'ctrl+z': { do: 'suspend' },
    'ctrl+l': { do: 'clear-screen' },
    'ctrl+g': { do: 'external-editor' },
    'ctrl+o': { do: 'toggle-thinking' },
  }
}

/** Keys for `/help`, in the order a newcomer needs them. */
export const keyHelp: readonly [string, string][] = [
  ['Enter', 'send; while codi works: deliver at its next call (steer)'],
  [
    'Alt+Enter, Ctrl+J, \\ at the end',
    'new line (Alt+Enter while codi works: queue for afterwards)',
  ],
  ['Esc, Ctrl+C', 'interrupt; Ctrl+C again within 2 s leaves'],
  ['Tab', 'complete /command and @file'],
  ['Up, Down, Ctrl+R', 'history; Ctrl+R searches it'],
  ['Ctrl+A/E, Alt+B/F, Ctrl+W/K/U/Y', 'move and edit as in a shell; Ctrl+_ undoes'],
  ['Ctrl+X Ctrl+E, Ctrl+G', 'edit the text in $VISUAL or $EDITOR'],
  ['Ctrl+O', 'show or hide what the model thinks'],
  ['Ctrl+L, Ctrl+Z, Ctrl+D', 'redraw the screen, suspend, leave (on an empty line)'],
]
