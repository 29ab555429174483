/** A credential as the row that may be shown, as the text that is sealed, and back. */
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { CodiError } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'
import type { Credential, CredentialPlace, CredentialRow } from '../contract/auth.ts'
import type { CredentialEntry, CredentialFile } from './credential-file.ts'
import { seal } from './sealing.ts'

/** Of a shorter key even four characters would tell too much. */
const minHintedLength = 16

const optionalText = Type.Optional(Type.String())
const credentialSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('key'),
    key: Type.String({ minLength: 1 }),
    bearer: Type.Optional(Type.Literal(true)),
    baseUrl: optionalText,
  }),
  Type.Object({
    kind: Type.Literal('oauth'),
    accessToken: Type.String({ minLength: 1 }),
    refreshToken: optionalText,
    expiresAt: Type.Optional(Type.Number()),
    lifetimeMs: Type.Optional(Type.Number()),
    scope: optionalText,
    clientId: Type.String(),
    tokenUrl: Type.String(),
    revokeUrl: optionalText,
    resource: optionalText,
    account: optionalText,
    baseUrl: optionalText,
    ended: Type.Optional(Type.Literal(true)),
  }),
])

/** Throws a CodiError of kind `invalid` for what codi did not write. */
export function parseCredential(name: string, text: string): Credential {
  const parsed = parseJson(text)
  if (Value.Check(credentialSchema, parsed)) return parsed satisfies Static<typeof credentialSchema>
  throw new CodiError('invalid', `What is stored for ${name} is no credential of codi`)
}

export function entryOf(
  credential: Credential,
  { place, savedAt }: { place: CredentialPlace; savedAt: number },
): CredentialEntry {
  const { kind, baseUrl } = credential
  const common = { kind, place, savedAt, ...(baseUrl === undefined ? {} : { baseUrl }) }
  if (credential.kind === 'key') {
    const { key, bearer } = credential
    const hint = key.length < minHintedLength ? {} : { hint: key.slice(-4) }
    return { ...common, ...hint, ...(bearer ? { bearer } : {}) }
  }
  const { account, expiresAt, refreshToken, ended } = credential
  return {
    ...common,
    ...(account === undefined ? {} : { account }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(refreshToken === undefined ? {} : { renews: true }),
    ...(ended ? { ended } : {}),
  }
}

export function rowOf(
  { key }: CredentialFile,
  name: string,
  { box: _, ...row }: CredentialEntry,
): CredentialRow {
  const isUnderPassphrase = row.place === 'file' && key?.from === 'passphrase'
  return { name, ...row, ...(isUnderPassphrase ? { passphrase: true } : {}) }
}

export function sealed(
  key: Buffer,
  name: string,
  { entry, text }: { entry: CredentialEntry; text: string },
): CredentialEntry {
  return { ...entry, box: seal(key, text, sealedWith(name, entry)) }
}

/** What is sealed with a box, so that neither it nor its row can be moved or changed. */
export function sealedWith(name: string, { box: _, ...row }: CredentialEntry): string {
  const fields = Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([name, fields])
}
