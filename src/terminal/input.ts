/**
 * The line editor: keys in, rows to draw out. It owns the text being typed, its history and completion, and knows
 * neither the terminal nor the agent; what it does not do itself it names (`submit`, `interrupt` …) for its owner.
 */
import { type Completion, type CompletionSource, commonStart } from './complete.ts'
import { openEditBuffer } from './edit-buffer.ts'
import { layoutEdit } from './edit-rows.ts'
import type { History } from './history.ts'
import { type EditAction, keymap, type OwnerAction } from './keymap.ts'
import type { Key } from './keys.ts'

export type EditorEvent =
  | { type: 'changed' }
  /** `text` with pastes in full; `shown` as it stood on the screen. */
  | { type: 'submit'; text: string; shown: string; later: boolean }
  | { type: OwnerAction }

export interface Editor {
  readonly isEmpty: boolean
  /** Folded pastes in full. */
  readonly text: string
  press(key: Key): EditorEvent
  /** Replaces what is typed. */
  setText(text: string): void
  clear(): void
  /** What the person should see below the text: search, candidates. */
  readonly hint: string | undefined
  readonly raw: { text: string; cursor: number }
  layout(size: { width: number; height: number }): { rows: string[]; row: number; column: number }
}

export interface EditorOptions {
  history: History
  complete: CompletionSource
  /** A completion that took time has arrived. */
  onChange: () => void
  /** True while Alt+Enter means "send later" instead of a new line. */
  isBusy: () => boolean
}

const maxHintItems = 40

export function openEditor(options: EditorOptions): Editor {
  const keys = keymap()
  const buffer = openEditBuffer()
  /** Where in history the person is; undefined at the text being typed. */
  let place: { entries: string[]; index: number; draft: string } | undefined
  let search: { query: string; index: number; draft: string; entries: string[] } | undefined
  let choice: { completion: Completion; index: number; length: number } | undefined
  let prefix = false
  return {
    get isEmpty() {
      return buffer.text === ''
    },
    get text() {
      return buffer.expanded
    },
    press,
    setText(text) {
      forget()
      buffer.reset()
      buffer.paste(text)
    },
    clear() {
      forget()
      buffer.reset()
    },
    get hint() {
      if (search)
        return `search: ${search.query}${search.index < 0 && search.query ? ' (nothing found)' : ''}`
      return choice && choice.completion.items.length > 1 ? candidates(choice) : undefined
    },
    get raw() {
      return { text: buffer.text, cursor: buffer.cursor }
    },
    layout: (size) => layoutEdit({ text: buffer.text, cursor: buffer.cursor }, size),
  }

  function press(key: Key): EditorEvent {
    if (search) {
      const done = searchKey(key)
      if (done) return { type: 'changed' }
    }
    const afterPrefix = prefix
    prefix = false
    if (key.type === 'text') return typed(() => buffer.insert(key.text))
    if (key.type === 'paste') return typed(() => buffer.paste(key.text))
    if (afterPrefix) {
      if (key.chord === 'ctrl+e') return { type: 'external-editor' }
      if (key.chord === 'ctrl+u') return typed(buffer.undo)
    }
    if (key.chord === 'ctrl+x') {
      prefix = true
      return { type: 'changed' }
    }
    if (key.chord === 'alt+enter') {
      return options.isBusy() ? submit(true) : typed(() => buffer.insert('\n'))
    }
    const action = keys[key.chord]
    return action ? act(action) : { type: 'changed' }
  }

  function typed(change: () => void): EditorEvent {
    forget()
    change()
    return { type: 'changed' }
  }

  function act(action: EditAction): EditorEvent {
    if (action.do !== 'complete' && action.do !== 'complete-back') choice = undefined
    switch (action.do) {
      case 'move':
        // Up on the first line is history; Down on the last one comes back.
        if (!buffer.move(action.to) && action.to === 'up') historyStep(-1)
        else if (action.to === 'down' && place && buffer.cursor === buffer.text.length) {
          historyStep(1)
        }
        return { type: 'changed' }
      case 'remove':
        buffer.remove(action.to, { kill: action.kill })
        return { type: 'changed' }
      case 'newline':
        return typed(() => buffer.insert('\n'))
      case 'submit':
        return enter()
      case 'transpose':
      case 'yank':
      case 'undo':
      case 'redo':
        buffer[action.do]()
        return { type: 'changed' }
      case 'history-back':
        historyStep(-1)
        return { type: 'changed' }
      case 'history-forward':
        historyStep(1)
        return { type: 'changed' }
      case 'search':
        search = { query: '', index: -1, draft: buffer.text, entries: options.history.entries() }
        return { type: 'changed' }
      case 'complete':
      case 'complete-back':
        complete(action.do === 'complete' ? 1 : -1)
        return { type: 'changed' }
      case 'end-of-input':
        if (buffer.text === '') return { type: 'end-of-input' }
        buffer.remove('right')
        return { type: 'changed' }
      default:
        return { type: action.do }
    }
  }

  function enter(): EditorEvent {
    const before = buffer.text.slice(0, buffer.cursor)
    if (before.endsWith('\\') && buffer.cursor === buffer.text.length) {
      return typed(() => buffer.replace(buffer.cursor - 1, buffer.cursor, '\n'))
    }
    return submit(false)
  }

  function submit(later: boolean): EditorEvent {
    const event: EditorEvent = { type: 'submit', text: buffer.expanded, shown: buffer.text, later }
    options.history.add(buffer.expanded)
    forget()
    buffer.reset()
    return event
  }

  function forget(): void {
    place = undefined
    search = undefined
    choice = undefined
  }

  function historyStep(by: 1 | -1): void {
    place ??= startHistory()
    const index = place.index + by
    if (index < 0 || index > place.entries.length) return
    place.index = index
    buffer.set(place.entries[index] ?? place.draft)
    if (index === place.entries.length) place = undefined
  }

  function startHistory() {
    const entries = options.history.entries()
    return { entries, index: entries.length, draft: buffer.text }
  }

  /** True when the key belonged to the search. */
  function searchKey(key: Key): boolean {
    if (!search) return false
    const chord = key.type === 'chord' ? key.chord : ''
    if (key.type === 'text' || key.type === 'paste') {
      find(search.query + key.text.replaceAll('\n', ' '), search.entries.length)
    } else if (chord === 'backspace') {
      find(search.query.slice(0, -1), search.entries.length)
    } else if (chord === 'ctrl+r') {
      find(search.query, search.index < 0 ? search.entries.length : search.index)
    } else if (chord === 'escape' || chord === 'ctrl+g' || chord === 'ctrl+c') {
      buffer.set(search.draft)
      search = undefined
    } else if (chord === 'enter') {
      search = undefined
    } else {
      search = undefined
      return false
    }
    return true
  }

  function find(query: string, before: number): void {
    if (!search) return
    const wanted = query.toLowerCase()
    let index = before - 1
    while (index >= 0 && !search.entries[index]?.toLowerCase().includes(wanted)) index--
    // An older match that does not exist leaves the one that is shown.
    if (index < 0 && query === search.query) return
    search.query = query
    search.index = query === '' ? -1 : index
    buffer.set(search.entries[search.index] ?? search.draft)
  }

  function complete(by: 1 | -1): void {
    if (choice) {
      cycle(choice, by)
      return
    }
    const { text, cursor } = buffer
    const answer = options.complete(text, cursor)
    if (answer instanceof Promise) {
      answer.then(
        (completion) => {
          // Typed on meanwhile: the offer is for a text that is gone.
          if (buffer.text !== text || buffer.cursor !== cursor) return
          offer(completion)
          options.onChange()
        },
        () => {},
      )
    } else {
      offer(answer)
    }
  }

  function offer(completion: Completion | undefined): void {
    if (!completion || completion.items.length === 0) return
    const { start, end, items } = completion
    const typedPart = buffer.text.slice(start, end)
    if (items.length === 1) {
      const item = items[0] as string
      buffer.replace(start, end, item.endsWith('/') ? item : `${item} `)
      return
    }
    const common = commonStart(items)
    const longer = common.length > typedPart.length && common.startsWith(typedPart)
    if (longer) buffer.replace(start, end, common)
    choice = { completion, index: -1, length: longer ? common.length : end - start }
  }

  function cycle(
    open: { completion: Completion; index: number; length: number },
    by: number,
  ): void {
    const { items, start } = open.completion
    const index =
      (open.index + by + items.length + (open.index < 0 && by < 0 ? 1 : 0)) % items.length
    const item = items[index] as string
    buffer.replace(start, start + open.length, item)
    choice = { completion: open.completion, index, length: item.length }
  }
}

function candidates(open: { completion: Completion; index: number }): string {
  const { items } = open.completion
  const from = Math.max(0, open.index - 3)
  const shown = items.slice(from, from + maxHintItems)
  return shown.map((item, at) => (from + at === open.index ? `[${item}]` : item)).join('  ')
}
