import { expect, test } from 'bun:test'
import { aliases } from '../../../src/tools/aliases.ts'
import { allTools } from '../../../src/tools/registry.ts'

const names = allTools.map((tool) => tool.name)
const parameters = new Set(allTools.flatMap((tool) => Object.keys(tool.input.properties)))

test('every tool is there once, with a text and an object schema', () => {
  expect(names.toSorted()).toEqual([
    'apply_patch',
    'ask_user',
    'bash',
    'bash_output',
    'diagnostics',
    'edit_file',
    'find_references',
    'find_symbol',
    'get_call_graph',
    'get_dependency_graph',
    'get_inheritance',
    'git_log',
    'glob',
    'goto_definition',
    'grep',
    'hover',
    'insert_line',
    'kill_shell',
    'list_directory',
    'outline',
    'print_tree',
    'read_file',
    'recall_result',
    'remember',
    'rename_symbol',
    'run_tests',
    'search_codebase',
    'show_impact',
    'todo',
    'view_image',
    'web_fetch',
    'web_search',
    'write_file',
  ])
  for (const tool of allTools) {
    expect(tool.text.trim()).not.toBe('')
    expect(tool.input.type).toBe('object')
  }
})

test('what writes or executes says exactly what it will touch', () => {
  for (const tool of allTools) {
    const harmless = tool.effect === 'read' || tool.effect === 'ask'
    expect({ name: tool.name, asks: harmless || tool.request !== undefined }).toEqual({
      name: tool.name,
      asks: true,
    })
  }
})

test('an alias leads to a tool or parameter that exists and is not one itself', () => {
  for (const [wrong, right] of Object.entries(aliases.tools)) {
    expect({ wrong, known: names.includes(right) }).toEqual({ wrong, known: true })
    expect({ wrong, taken: names.includes(wrong) }).toEqual({ wrong, taken: false })
    expect(wrong).toBe(wrong.toLowerCase())
  }
  for (const [wrong, right] of Object.entries(aliases.parameters)) {
    expect({ wrong, unknown: right.filter((name) => !parameters.has(name)) }).toEqual({
      wrong,
      unknown: [],
    })
  }
})

test('names that every object has are no aliases', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    expect(aliases.tools[name]).toBeUndefined()
    expect(aliases.parameters[name]).toBeUndefined()
  }
})

test('all tools together leave room in the first request', () => {
  const request = allTools.map((tool) => ({
    name: tool.name,
    description: tool.text,
    input_schema: tool.input,
  }))
  expect(JSON.stringify(request).length).toBeLessThan(15_000)
})
