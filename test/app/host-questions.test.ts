/** A command that already runs wants to reach a host: who is asked, who is told, and what the command gets. */
import { expect, test } from 'bun:test'
import { openBus } from '../../src/app/bus.ts'
import { openHostQuestions } from '../../src/app/host-questions.ts'
import type { AppEvent } from '../../src/contract/event.ts'
import type { Answer, PermissionRequest } from '../../src/contract/permission.ts'
import { openGate } from '../../src/permissions/gate.ts'

function openBench(answer: Answer) {
  const bus = openBus()
  const events: AppEvent[] = []
  bus.subscribe((event) => events.push(event))
  const asked: PermissionRequest[] = []
  const gate = openGate({
    mode: 'auto',
    person: () => ({
      async permission(request) {
        asked.push(request)
        return answer
      },
      question: async () => undefined,
    }),
  })
  const answered = Promise.withResolvers<object>()
  const questions = openHostQuestions({
    gate: () => gate,
    bus,
    answer: async (given) => answered.resolve(given),
  })
  const runs = (callId: string, command: string, by: 'mode' | 'person' = 'mode') =>
    bus.emit({
      type: 'permission',
      request: {
        callId,
        tool: 'bash',
        effect: 'execute',
        summary: '',
        paths: [],
        hosts: [],
        command,
      },
      decision: { allow: true, by },
    })
  const asks = (command: string) =>
    questions.onEvent({
      type: 'host_question',
      id: 'host_1',
      command,
      host: 'a.example',
      port: 443,
    })
  return { events, asked, runs, asks, answered: answered.promise }
}

test('the question names the command, and the decision is an event like any other', async () => {
  const { events, asked, runs, asks, answered } = openBench({ answer: 'once' })
  runs('c1', 'npm install\nnpm test')
  asks('c1')
  expect(await answered).toEqual({ id: 'host_1', allow: true })
  const summary = 'connect to a.example:443 for `npm install npm test`'
  expect(asked).toMatchObject([{ summary, hosts: ['a.example:443'], ofCommand: true }])
  expect(events.at(-1)).toMatchObject({
    type: 'permission',
    request: { callId: 'c1', effect: 'network', summary },
    decision: { allow: true, by: 'person' },
  })
})

test('a refusal goes to the command with what the person said', async () => {
  const { events, runs, asks, answered } = openBench({ answer: 'deny', reason: 'work offline' })
  runs('c1', 'npm install')
  asks('c1')
  const reason = 'the user refused and said: work offline. Do not try the same in another way.'
  expect(await answered).toEqual({ id: 'host_1', allow: false, reason })
  expect(events.at(-1)).toMatchObject({ decision: { allow: false, by: 'person', reason } })
})

test('no command is named where an id was used for two', async () => {
  const { asked, runs, asks, answered } = openBench({ answer: 'once' })
  runs('c1', 'npm install')
  runs('c1', 'sleep 1')
  asks('c1')
  await answered
  expect(asked[0]?.summary).toBe('connect to a.example:443 for a command')
})

test.each([
  ['curl -sS https://a.example/x.json', 0],
  ["curl 'https://a.example'", 0],
  ['curl https://a.example:443/', 0],
  ['curl http://a.example/', 1],
  ['curl https://a.example:8443/', 1],
  ['curl https://a.example.evil.test/', 1],
  ['curl https://a.example@evil.test/', 1],
  ['curl https://$HOST/a.example', 1],
  ['curl https://a.example$X/', 1],
  ['git clone a.example:x', 1],
])('who read and allowed %p is asked for its host %d times', async (command, questions) => {
  const { asked, runs, asks, answered } = openBench({ answer: 'once' })
  runs('c1', command, 'person')
  asks('c1')
  expect(await answered).toEqual({ id: 'host_1', allow: true })
  expect(asked).toHaveLength(questions)
})

test('a command that a mode or rule allowed is asked for its host, though it names it', async () => {
  const { asked, runs, asks, answered } = openBench({ answer: 'once' })
  runs('c1', 'curl https://a.example/')
  asks('c1')
  await answered
  expect(asked).toHaveLength(1)
})
