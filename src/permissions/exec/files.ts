/**
 * What is found about the files a command names: credentials and secrets that it would show, places whose change
 * decides what runs later, disks. Names with patterns are tried against the places that they could reach.
 */
import { basename, resolve } from 'node:path'
import { expandHome } from '../../base/home.ts'
import { secretFiles } from '../../base/secret-files.ts'
import { credentialPlaces, dangerousPlaces } from '../places.ts'
import { danger, type Finding, firm, refused } from './finding.ts'
import type { Word } from './script.ts'

export interface FileContext {
  home: string
  cwd: string | undefined
  /** How the command is called, for names of rules. */
  title: string
}

const rule = 'builtin:credentials'
/** No file has a longer name. */
const maxPathChars = 4_096

/** Files that hold what programs and people keep secret, beside those of places.ts. */
const systemSecrets: readonly RegExp[] = [
  /^\/proc\/(?:[^/]+\/)+(?:environ|mem|auxv|maps|fd(?:\/.*)?)$/,
  /^\/proc\/kcore$|^\/dev\/(?:mem|kmem|port)$/,
  /^\/etc\/(?:g?shadow-?|sudoers(?:\.d(?:\/.*)?)?|ssl\/private(?:\/.*)?|krb5\.keytab)$/,
  /^\/run\/secrets(?:\/.*)?$|^\/var\/run\/secrets(?:\/.*)?$/,
]
const disk =
  /^\/dev\/(?:(?:sd|hd|vd|xvd)[a-z]|nvme\d|mmcblk|disk|rdisk|dm-|mapper\/|md\d|loop\d|zd\d|root$)/
const systemPlaces =
  /^\/(?:etc|usr|bin|sbin|boot|lib\d*|dev|proc|sys|System|Library)(?:\/|$)|^\/var\/spool\/cron/
const harmlessDevices =
  /^\/dev\/(?:null|zero|full|stdout|stderr|stdin|tty|fd\/\d+|urandom|random|ptmx)$/
const sharedMemory = /^\/dev\/shm\/.+/

/** The paths that a word may mean: itself, what stands behind `=`, `:` or `@`, the value glued to a short option. */
export function pathsIn(word: Word, context: FileContext): string[] {
  const text = word.shape
  const candidates = new Set([text])
  for (const mark of ['=', ':', '@', '+', ',']) {
    const at = text.indexOf(mark)
    if (at >= 0) candidates.add(text.slice(at + 1))
    const last = text.lastIndexOf(mark)
    if (last > at) candidates.add(text.slice(last + 1))
  }
  if (/^-[A-Za-z]./.test(text)) candidates.add(text.slice(2))
  return [...candidates]
    .filter((one) => one !== '' && one.length <= maxPathChars && !one.includes('\n'))
    .map((one) => absolute(one, context))
}

/** Resolved against the directory it runs in; relative where that is not known. */
export function absolute(path: string, { home, cwd }: Omit<FileContext, 'title'>): string {
  const expanded = expandHome(path, home)
  if (expanded.startsWith('/')) return resolve(expanded)
  return cwd === undefined ? expanded.replace(/^(?:\.\/)+/, '') : resolve(cwd, expanded)
}

/** What has none of these in it is no such place; most words are done with here. */
const notable = /(?:^|\/)\.[^./]|^\/(?:proc|dev|etc|run|var)\/|library\/|[*?[\ue000]/i

export function credentialFinding(word: Word, context: FileContext): Finding | undefined {
  for (const path of pathsIn(word, context)) {
    if (disk.test(path)) return danger(`${word.text} is a disk`, 'builtin:disk device')
    if (!notable.test(path)) continue
    const lower = path.toLowerCase()
    if (systemSecrets.some((pattern) => pattern.test(lower)) || reachesProcess(lower))
      return danger(`${word.text} holds secrets of the machine or of other programs`, rule)
    for (const place of credentialPlaces) {
      const full = `${context.home}/${place}`.toLowerCase()
      const isThere = lower === full || lower.startsWith(`${full}/`)
      const segments = place.includes('/') ? undefined : place.toLowerCase()
      // Wherever it stands: another one's home, a directory that is not known.
      const isNamed =
        (segments !== undefined &&
          /^\.(?:ssh|gnupg|aws|netrc|git-credentials|kube|azure)$/.test(segments) &&
          lower.split('/').includes(segments)) ||
        (place.includes('/') && lower.endsWith(`/${place.toLowerCase()}`))
      if (isThere || isNamed || couldReach(lower, full))
        return danger(`${word.text} is a place of credentials`, rule)
    }
  }
  return undefined
}

/** `/proc/self/e*` */
function reachesProcess(path: string): boolean {
  if (!/^\/proc\/.*[*?[\ue000]/.test(path)) return false
  const last = path.slice(path.lastIndexOf('/') + 1)
  return ['environ', 'mem', 'auxv', 'maps'].some((name) => segmentMatches(last, name))
}

/** Files that may hold secrets: asked for before they are shown. */
export function secretFinding(word: Word, context: FileContext): Finding | undefined {
  for (const path of pathsIn(word, context)) {
    const name = basename(path)
    if (/\s/.test(name)) continue
    for (const { pattern, reason } of secretFiles)
      if (pattern.test(path) || pattern.test(path.toLowerCase()))
        return danger(`${word.text}: ${reason}`, rule)
    if (
      /[*?[\ue000]/.test(name.replace(/^\ue000+$/, '')) &&
      secretNames.some((one) => segmentMatches(name.toLowerCase(), one))
    )
      return danger(`${word.text} may be a file with secrets`, rule)
  }
  return undefined
}

/** A pattern that begins with a dot, or spells one out, reaches these. */
const secretNames = ['.env', '.env.local', '.npmrc', '.netrc', '.pypirc', '.git-credentials']

/** Reading a whole tree that holds credentials. */
export function treeFinding(word: Word, context: FileContext): Finding | undefined {
  const home = context.home.toLowerCase()
  for (const path of pathsIn(word, context)) {
    const lower = path.toLowerCase()
    const plain =
      lower.replace(/\/[^/]*[*?[][^/]*(?:\/.*)?$/, '') || (lower.startsWith('/') ? '/' : lower)
    if (
      plain === '/' ||
      /^\/proc(?:\/[^/]+)?$/.test(plain) ||
      home === plain ||
      home.startsWith(`${plain}/`)
    )
      if (lower === plain || word.glob)
        return firm(
          `${word.text} holds the home directory or the whole disk, credentials included`,
          rule,
        )
  }
  return undefined
}

/** What would be changed decides what runs later, or is a disk. */
export function writeFinding(
  word: Word,
  context: FileContext,
  writesRaw = true,
): Finding | undefined {
  for (const path of pathsIn(word, context)) {
    if (harmlessDevices.test(path) || sharedMemory.test(path)) continue
    if (disk.test(path))
      return writesRaw
        ? refused('it would write to a disk device', 'builtin:disk device')
        : danger(`${word.text} is a disk`, 'builtin:disk device')
    const lower = `/${path.toLowerCase()}`.replace(/^\/\//, '/')
    if (/\/\.git(?:\/|$)/.test(lower))
      return danger(`${word.text}: changes git's own files`, 'builtin:protected files')
    for (const { pattern, reason } of dangerousPlaces)
      if (pattern.test(lower)) return danger(`${word.text}: ${reason}`, 'builtin:protected files')
    if (
      /\/\.(?:config\/(?:fish|systemd|autostart|git)\/|profile$|login$|xinitrc$|xprofile$|pam_environment$)|\/library\/launchagents\//.test(
        lower,
      )
    )
      return danger(`${word.text}: decides what runs later`, 'builtin:protected files')
    if (systemPlaces.test(path))
      return danger(`${word.text} belongs to the system`, 'builtin:system files')
  }
  return undefined
}

export function isHarmlessDevice(path: string): boolean {
  return harmlessDevices.test(path)
}

/** Whether a pattern of file names can stand for the place, something in it, or a directory above it. */
function couldReach(pattern: string, place: string): boolean {
  const wanted = place.split('/')
  const given = pattern.split('/')
  if (given.length < 2 || !/[*?[\ue000]/.test(pattern)) return false
  const length = Math.min(wanted.length, given.length)
  // Above the place it only lists names: reading a directory fails.
  if (given.length < wanted.length) return false
  for (let index = 0; index < length; index++)
    if (!segmentMatches(given[index] ?? '', wanted[index] ?? '')) return false
  return true
}

function segmentMatches(pattern: string, name: string): boolean {
  if (!/[*?[\ue000]/.test(pattern)) return pattern === name
  // The shell does not match a leading dot by a pattern character.
  if (name.startsWith('.') && !/^[.[\ue000]/.test(pattern)) return false
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/[*\ue000]+/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^')
  try {
    return new RegExp(`^${source}$`).test(name)
  } catch {
    // A bracket that is none: take it for a match, so that it is asked for.
    return true
  }
}
