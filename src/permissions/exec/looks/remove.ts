/** What deletes, moves, formats and opens up: when it is asked for in every mode, and when nobody can allow it. */
import { danger, type Finding, refused } from '../finding.ts'
import { hasOption, readArguments } from '../options.ts'
import type { Look, Scene } from '../scene.ts'
import { isWhole } from '../wipe.ts'

const wiping = 'it would delete the whole disk or home directory'
const formats = /^(?:mkfs|mke2fs|mkswap|newfs|wipefs|blkdiscard)$/

export const remove: Look = (scene) => {
  const { title, args } = scene
  const rule = `builtin:${title}`
  const findings: Finding[] = []
  if (formats.test(title)) findings.push(refused('it would format a disk', rule))
  if (title === 'rm') findings.push(...removing(scene, rule))
  if (
    title === 'mv' &&
    operandsOf(scene)
      .slice(0, -1)
      .some((word) => whole(scene, word))
  )
    findings.push(refused('it would move the whole disk or home directory', rule))
  if (title === 'rsync' && args.some((word) => /^--del/.test(word.lead))) {
    const target = operandsOf(scene).at(-1)
    if (target && whole(scene, target)) findings.push(refused(wiping, rule))
  }
  if (
    title === 'chmod' &&
    args.some((word) =>
      /^0?[0-7]?[0-7]{2}[2367]$|^[ugoa]*[oa][ugoa]*[+=][rxXst]*w|^\+[rx]*w|^[ugoa]*[+=]\w*s|^[2467][0-7]{3}$/.test(
        word.value ?? '',
      ),
    )
  )
    findings.push(danger('chmod opens permissions widely', rule))
  if (
    (title === 'chmod' || title === 'chown') &&
    hasOption(args, '-R --recursive') &&
    operandsOf(scene)
      .slice(1)
      .some((word) => whole(scene, word))
  )
    findings.push(refused('it would change the whole disk or home directory', rule))
  return { findings }
}

function removing(scene: Scene, rule: string): Finding[] {
  const { args } = scene
  const findings: Finding[] = []
  const isRecursive =
    hasOption(args, '-r -R --recursive') ||
    args.some((word) => word.value === undefined && word.lead === '' && word.many)
  const targets = operandsOf(scene)
  if (args.some((word) => word.value === '--no-preserve-root')) findings.push(refused(wiping, rule))
  if (targets.some((word) => whole(scene, word) && (isRecursive || word.glob)))
    findings.push(refused(wiping, rule))
  if (isRecursive) findings.push(danger('rm -r deletes whole trees', `${rule} -r`))
  else if (hasOption(args, '-f --force'))
    findings.push(danger('rm -f deletes without asking', `${rule} -f`))
  if (targets.some((word) => word.value === undefined && word.origin === 'unseen'))
    findings.push(danger('what rm deletes cannot be seen', rule))
  return findings
}

function operandsOf({ args, row }: Scene) {
  return readArguments(args, row.values).operands
}

function whole(scene: Scene, word: Scene['args'][number]): boolean {
  return isWhole(word, scene.place.home, scene.command.cwd)
}
