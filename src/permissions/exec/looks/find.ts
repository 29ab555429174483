/** `find`: tests and what it does with what it finds. An expression word that is not known asks. */
import { secretFinding } from '../files.ts'
import { danger, type Finding, firm, refused } from '../finding.ts'
import type { Look } from '../scene.ts'
import { unknownMark, unseen, type Word } from '../script.ts'
import { isWhole } from '../wipe.ts'

const alone = new Set(
  (
    '-print -print0 -ls -prune -quit -depth -d -mount -xdev -x -follow -daystart -noleaf -empty -readable ' +
    '-writable -executable -true -false -nouser -nogroup -a -and -o -or -not ! ( ) , -warn -nowarn ' +
    '-ignore_readdir_race -noignore_readdir_race -H -L -P -E -s -X --'
  ).split(' '),
)
const withValue = new Set(
  (
    '-name -iname -path -ipath -wholename -iwholename -regex -iregex -type -xtype -size -mtime -mmin ' +
    '-atime -amin -ctime -cmin -newer -perm -user -group -uid -gid -links -inum -samefile -lname -ilname ' +
    '-maxdepth -mindepth -fstype -regextype -used -printf -anewer -cnewer -context -D -f'
  ).split(' '),
)
const narrowing =
  /^-(?:i?name|i?path|i?wholename|i?regex|size|[acm]time|[acm]min|newer.*|empty|user|samefile|inum)$/
/** These do not show what is in the files. */
const onlyNames = /^(?:echo|printf|ls|basename|dirname|realpath|readlink|stat|file|du|wc|test|rm)$/
const rule = 'builtin:find'

export const find: Look = (scene) => {
  const { args, place, command } = scene
  const findings: Finding[] = []
  const inner: Word[][] = []
  const names: Word[] = []
  const starts: Word[] = []
  let narrow = false
  let deletes = false
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    const name = word?.value
    if (!word) break
    if (name === undefined || (word.glob && word.lead.startsWith('-'))) {
      if (!word.lead || word.lead.startsWith('-'))
        findings.push(
          firm(
            `${JSON.stringify(word.text)} may become an option of find`,
            'builtin:hidden option',
          ),
        )
      starts.push(word)
    } else if (narrowing.test(name)) {
      narrow = true
      if (name === '-empty') continue
      at++
      names.push(...args.slice(at, at + 1))
    } else if (alone.has(name) || /^-O\d$/.test(name)) continue
    else if (withValue.has(name) || /^-newer[aBcmt]{2}$/.test(name)) at++
    else if (name === '-delete') {
      deletes = true
      findings.push(danger('find -delete deletes what it finds', `${rule} -delete`))
    } else if (/^-fprint0?$|^-fprintf$|^-fls$/.test(name)) {
      findings.push(firm(`find ${name} writes a file`, `${rule} ${name}`))
      at += name === '-fprintf' ? 2 : 1
    } else if (/^-(?:exec|execdir|ok|okdir)$/.test(name)) {
      const end = args.findIndex(
        (one, index) =>
          index > at &&
          (one.value === ';' || (one.value === '+' && args[index - 1]?.value === '{}')),
      )
      const words = args.slice(at + 1, end < 0 ? undefined : end)
      if (end < 0) findings.push(firm(`find ${name} without its end`, rule))
      inner.push(words.map(replacedWord))
      at = end < 0 ? args.length : end
    } else if (name.startsWith('-') && name !== '-')
      findings.push(firm(`find ${name} is not known`, `${rule} ${name}`))
    else starts.push(word)
  }
  const parts = inner.flatMap((words) => scene.runs(words))
  const removes = inner.some((words) =>
    /^(?:\/\S*\/)?(?:rm|rmdir|unlink|shred|mv|chmod|chown)$/.test(words[0]?.value ?? ''),
  )
  if (removes) findings.push(danger('find -exec changes whatever it finds', `${rule} -exec`))
  const isWiping = (deletes || removes) && !narrow
  if (isWiping && starts.some((word) => isWhole(word, place.home, command.cwd)))
    findings.push(refused('it would delete the whole disk or home directory', rule))
  const context = { home: place.home, cwd: command.cwd, title: 'find' }
  if (inner.some((words) => !onlyNames.test(words[0]?.value ?? '')))
    findings.push(...names.flatMap((word) => secretFinding(word, context) ?? []))
  const reading = inner.length > 0 && starts.some((word) => isWhole(word, place.home, command.cwd))
  if (reading)
    findings.push(
      firm('find -exec over the home directory or the whole disk, credentials included', rule),
    )
  return { findings, parts }
}

/** `{}` is a path that was found. */
function replacedWord(word: Word): Word {
  if (!word.text.includes('{}')) return word
  const isProgram = word.text === '{}'
  return {
    ...unseen(word.text, 'paths'),
    lead: isProgram ? './' : word.text.slice(0, word.text.indexOf('{}')),
    shape: word.text.replaceAll('{}', unknownMark),
    many: false,
  }
}
