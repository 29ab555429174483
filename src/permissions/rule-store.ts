/** Adds and removes rules in a file, under a lock across processes; comments and everything else stay as they are. */
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { writeAtomic } from '../base/atomic-write.ts'
import { CodiError, errorCode, errorMessage } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import {
  type JsoncArray,
  type JsoncNode,
  jsonOf,
  parseJsonc,
  withItem,
  withoutItem,
} from '../base/jsonc.ts'
import { realPath } from '../base/paths.ts'
import type { PolicyRule } from '../contract/policy.ts'
import type { StoredRule } from './rule-file.ts'
import { ruleLine, sameRule } from './rule-words.ts'

/** False where the file holds it already. Throws a CodiError where the file cannot be read, understood or written. */
export async function storeRule(file: string, rule: PolicyRule): Promise<boolean> {
  let added = false
  await change(file, `${file}.lock`, (text) => {
    const { root, list } = parsed(text, file)
    const known = list?.items.some((item) => isRule(item) && sameRule(asRule(item), rule))
    if (known) return text
    added = true
    if (list) return withItem(text, list, ruleLine(rule))
    const rest = text.slice(root.start + 1)
    const hasMembers = root.type === 'object' && root.members.length > 0
    const begin = text.slice(0, root.start + 1)
    return `${begin}\n  "rules": [\n    ${ruleLine(rule)}\n  ]${hasMembers ? ',' : '\n'}${hasMembers ? rest : rest.trimStart()}`
  })
  return added
}

/**
 * Throws a CodiError of kind `stale` where the file no longer holds it. `lock`: where a lock may lie that is not wanted
 * beside the file, in a project.
 */
export async function removeRule(
  stored: StoredRule,
  options: { lock?: string } = {},
): Promise<void> {
  const { lock = `${stored.file}.lock` } = options
  await change(stored.file, lock, (text) => {
    const { list } = parsed(text, stored.file)
    const isIt = (item: JsoncNode | undefined) =>
      item !== undefined && isRule(item) && sameRule(asRule(item), stored.rule)
    // Somebody may have changed the file since it was listed.
    const index = isIt(list?.items[stored.index])
      ? stored.index
      : (list?.items.findIndex((item) => isIt(item)) ?? -1)
    if (!list || index < 0)
      throw new CodiError('stale', `${stored.file} no longer holds this rule; list the rules again`)
    return withoutItem(text, list, index)
  })
}

async function change(file: string, lock: string, edit: (text: string) => string): Promise<void> {
  for (const path of [file, lock]) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  await withFileLock(lock, async () => {
    const text = read(file)
    const edited = edit(text ?? '{\n}\n')
    const after = text?.includes('\r\n') ? edited.replace(/\r?\n/g, '\r\n') : edited
    if (after === text) return
    // What was written must be read back as rules, or the old file stays.
    parsed(after, file)
    // It may be a link into a directory of dot files: what it points to is written.
    await writeAtomic(realPath(file) ?? file, Buffer.from(after, 'utf8'))
  })
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    return text.trim() === '' ? undefined : text
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw new CodiError('io', `Cannot read ${file}: ${errorMessage(thrown)}`, { cause: thrown })
  }
}

function parsed(text: string, file: string): { root: JsoncNode; list: JsoncArray | undefined } {
  let root: JsoncNode
  try {
    root = parseJsonc(text)
  } catch (thrown) {
    throw new CodiError('invalid', `${file}: ${errorMessage(thrown)}; correct it first`, {
      cause: thrown,
    })
  }
  const list =
    root.type === 'object' ? root.members.find(({ key }) => key === 'rules')?.value : undefined
  if (root.type !== 'object' || (list !== undefined && list.type !== 'array'))
    throw new CodiError('invalid', `${file} must hold { "rules": [ … ] }; correct it first`)
  return { root, list }
}

function isRule(node: JsoncNode): boolean {
  return node.type === 'object'
}

function asRule(node: JsoncNode): PolicyRule {
  return jsonOf(node) as unknown as PolicyRule
}
