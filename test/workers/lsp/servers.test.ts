/** The table of servers: whole, and told in the documentation as it is. */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { servers } from '../../../workers/lsp/servers.ts'

test('the table knows many servers, each once, with files, a command and a way to get it', () => {
  expect(servers.length).toBeGreaterThanOrEqual(20)
  expect(new Set(servers.map(({ id }) => id)).size).toBe(servers.length)
  for (const { id, languages, commands, install } of servers) {
    expect({ id, files: Object.keys(languages).length > 0 }).toEqual({ id, files: true })
    expect({ id, commands: commands.length > 0 }).toEqual({ id, commands: true })
    expect({ id, install: install !== '' }).toEqual({ id, install: true })
  }
})

test('the documentation names every server, with its first command and how to get it', () => {
  const text = readFileSync(join(import.meta.dir, '../../../docs/language-servers.md'), 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('| '))
  for (const { id, commands, install } of servers) {
    const row = rows.find((line) => line.startsWith(`| ${id} |`)) ?? ''
    expect(row).toContain(`\`${commands[0]?.join(' ')}\``)
    expect(row).toContain(install)
  }
})
