/** What a model that comes back believes of background shells. */
import { expect, test } from 'bun:test'
import { pastShells } from '../../src/app/past-shells.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Message } from '../../src/contract/message.ts'

const result = (name: string, data?: JsonObject): Message => ({
  role: 'tool',
  content: [
    {
      type: 'result',
      callId: 'c',
      name,
      content: [{ type: 'text', text: '<background-shell>sh_4 ended' }],
      isError: false,
      ...(data ? { data } : {}),
    },
  ],
})
const told = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

test('shells that were started and of whose end nothing was said are open', () => {
  const history = [
    told('start two'),
    result('bash', { shell: 'sh_1' }),
    result('bash', { shell: null }),
    result('bash', { shell: 'sh_3' }),
    result('bash_output', { shell: 'sh_3', status: 'running' }),
    result('read_file'),
  ]
  expect(pastShells(history)).toEqual({ last: 3, open: ['sh_1', 'sh_3'] })
})

test('those that were read to their end, killed or told of are not', () => {
  const history = [
    ...[1, 2, 3, 4, 12].map((number) => result('bash', { shell: `sh_${number}` })),
    result('bash_output', { shell: 'sh_1', status: 'exited' }),
    result('kill_shell', { shell: 'sh_2', status: 'killed' }),
    told('<background-shell>sh_3 ended with exit code 0 after 2 s (x); …</background-shell>'),
    told('<background-shell>sh_4, sh_12 ended when codi left; …</background-shell>'),
  ]
  expect(pastShells(history)).toEqual({ last: 12, open: [] })
  expect(pastShells([])).toEqual({ last: 0, open: [] })
})
