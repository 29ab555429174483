import { expect, test } from 'bun:test'
import { openEditor } from '../../src/terminal/input.ts'

function editor() {
  return openEditor({
    history: { add: () => undefined, entries: () => [] },
    complete: () => undefined,
    onChange: () => undefined,
    isBusy: () => false,
  })
}

test('Ctrl+X Ctrl+E asks for the external editor, but not with text between the two', () => {
  const { press } = editor()
  press({ type: 'chord', chord: 'ctrl+x' })
  expect(press({ type: 'chord', chord: 'ctrl+e' })).toEqual({ type: 'external-editor' })
  press({ type: 'chord', chord: 'ctrl+x' })
  press({ type: 'text', text: 'a' })
  expect(press({ type: 'chord', chord: 'ctrl+e' })).toEqual({ type: 'changed' })
})
