/** `codi auth status`: which credentials there are, where they come from, how long they last. Never a secret. */
import { exitCodes } from '../../app/exit-code.ts'
import type { JsonObject } from '../../base/json.ts'
import { formatMinute, neutralize } from '../../base/text.ts'
import type { CredentialRow } from '../../contract/auth.ts'
import { has } from '../args.ts'
import { printJson } from '../code/command.ts'
import { type AuthCommand, hintOf, nameOf, placeOf, say } from './command.ts'
import { type EnvironmentKey, environmentKeys } from './environment-keys.ts'

export async function authStatus(command: AuthCommand): Promise<number> {
  const { args, credentials, env, output } = command
  const stored = await credentials.list()
  const keys = environmentKeys(env)
  if (has(args, 'json')) {
    printJson(output, [...stored.map(storedJson), ...keys.map(keyJson)])
    return exitCodes.done
  }
  if (stored.length + keys.length === 0)
    say(command, 'nobody is logged in, and the environment holds no key; codi login begins')
  const width = Math.max(
    0,
    ...[...stored.map(({ name }) => name), ...keys.map(({ host }) => host.id)].map(
      ({ length }) => length,
    ),
  )
  for (const row of stored)
    output.out(`${neutralize(`${row.name.padEnd(width)}  ${storedLine(row, Date.now())}`)}\n`)
  for (const key of keys) output.out(`${key.host.id.padEnd(width)}  ${keyLine(key)}\n`)
  return exitCodes.done
}

function storedLine(row: CredentialRow, now: number): string {
  const what = row.kind === 'key' ? `key${row.hint ? ` …${row.hint}` : ''}` : 'login'
  const parts = [
    row.account === undefined ? what : `${what} as ${row.account}`,
    `in ${placeOf(row)}`,
    ...(row.baseUrl === undefined ? [] : [`for ${row.baseUrl}`]),
    ...expiry(row, now),
  ]
  return parts.join(', ')
}

function expiry({ kind, name, ended, renews, expiresAt }: CredentialRow, now: number): string[] {
  if (kind === 'key') return []
  if (ended) return [`ended: codi login ${name}`]
  if (renews) return ['renewed by itself']
  if (expiresAt === undefined) return []
  if (expiresAt <= now) return [`expired ${formatMinute(expiresAt)}: codi login ${name}`]
  return [`good until ${formatMinute(expiresAt)}`]
}

function keyLine({ variable, credential, host }: EnvironmentKey): string {
  const hint = hintOf(credential.key)
  const address = credential.baseUrl === undefined ? '' : `, for ${credential.baseUrl}`
  return neutralize(
    `key${hint ? ` …${hint}` : ''}, from ${variable} (${nameOf(host.id)})${address}`,
  )
}

function storedJson({ savedAt, expiresAt, place, bearer: _, ...row }: CredentialRow): JsonObject {
  return {
    ...row,
    source: place,
    savedAt: new Date(savedAt).toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  }
}

function keyJson({ host, variable, credential }: EnvironmentKey): JsonObject {
  const hint = hintOf(credential.key)
  return {
    name: host.id,
    kind: 'key',
    source: 'environment',
    variable,
    ...(hint === undefined ? {} : { hint }),
    ...(credential.baseUrl === undefined ? {} : { baseUrl: credential.baseUrl }),
  }
}
