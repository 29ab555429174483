/** What a project names itself: scripts of its packages, targets of make, tools fetched and run by `npx` and its kin. */
import type { Category } from '../categories.ts'
import { firm, type Part } from '../finding.ts'
import { readArguments } from '../options.ts'
import type { Look, Scene } from '../scene.ts'

const named: readonly { pattern: RegExp; category: Category; text: string }[] = [
  {
    pattern:
      /^(?:tests?|spec|unit|integration|e2e|coverage|check-?tests?|pytest|jest|vitest)(?:[:._-].*)?$/,
    category: 'run-tests',
    text: 'runs the tests of the project',
  },
  {
    pattern:
      /^(?:lint|format|fmt|prettier|eslint|type-?check|types?|tsc|style|stylelint|biome|ruff|mypy|clippy|vet|check)(?:[:._-].*)?$/,
    category: 'lint-format',
    text: 'checks or formats the project',
  },
  {
    pattern: /^(?:build|compile|bundle|dist|all|prebuild|postbuild|make)(?:[:._-].*)?$/,
    category: 'build-project',
    text: 'builds the project',
  },
]

/** `npm run NAME`: a script by its name. */
export const projectScript: Look = (scene) => {
  const { operands } = readArguments(scene.args, '-w --workspace --prefix -C --filter -F')
  const name = operands[0]
  if (!name)
    return { row: { ...scene.row, act: 'reads', text: 'lists the scripts of the project' } }
  const isFirst = scene.args[0] === name
  if (name.value === undefined || name.glob) return { remember: 'none' }
  const found = named.find(({ pattern }) => pattern.test(name.value ?? ''))
  const prefix = [...scene.title.split(' '), name.value]
  return {
    ...(found ? { row: { ...scene.row, text: found.text, category: found.category } } : {}),
    remember: isFirst ? prefix : 'none',
  }
}

export const make: Look = (scene) => {
  const { operands } = readArguments(scene.args, scene.row.values)
  const set = operands.find((word) => word.text.includes('='))
  const targets = operands.filter((word) => word !== set).map((word) => word.value)
  const row = { ...scene.row, remember: 0 }
  if (set)
    return {
      row,
      findings: [firm(`${scene.title} ${set.text} changes what its commands run`, 'builtin:make')],
    }
  if (targets.includes(undefined)) return { row }
  const kinds = (targets.length > 0 ? targets : ['all']).map((target) =>
    named.find(({ pattern }) => pattern.test(target ?? '')),
  )
  const [kind] = kinds
  const same = kind !== undefined && kinds.every((one) => one === kind)
  const isPlain =
    scene.args.length <= 1 && targets.every((target) => /^[\w.:-]+$/.test(target ?? ''))
  return {
    row: {
      ...scene.row,
      ...(same
        ? { text: kind.text, category: targets[0] === 'check' ? 'run-tests' : kind.category }
        : {}),
    },
    remember: isPlain && targets[0] !== undefined ? [scene.title, targets[0]] : 'none',
  }
}

const values =
  '-p --package -c --call --with --from --python -w --workspace --directory --project -e --extra --group --index-url --spec'

/** `npx TOOL`, `uv run TOOL`: judged by the tool; that it may be fetched first is part of the question. */
export const packageRun: Look = (scene) => {
  const { operands, options } = readArguments(scene.args, values)
  const [tool] = operands
  const text = textOf(scene)
  if (text !== undefined) return { parts: scene.runsText(text), remember: 'none' }
  if (!tool) return { remember: 'none' }
  const at = scene.args.indexOf(tool)
  const words = scene.args.slice(at)
  const parts = scene.runs(words)
  const [inner] = parts
  const isPlain = at === 0 && options.every((word) => scene.args.indexOf(word) > at)
  const name = tool.value
  const fetches = name === undefined || /@|:|\/\//.test(name.replace(/^@[\w.-]+\/[\w.-]+$/, ''))
  const prefix =
    isPlain && name !== undefined && !fetches ? [...scene.title.split(' '), name] : undefined
  const rest = prefix && inner?.remember ? [...scene.title.split(' '), ...inner.remember] : prefix
  return {
    row: {
      ...scene.row,
      ...(isPlain && inner?.category ? { category: inner.category as Category } : {}),
    },
    parts: parts.map((part, index) => (index === 0 ? asPartOf(part) : part)),
    remember:
      inner?.remember === undefined && name !== undefined && isInterpreter(name)
        ? 'none'
        : (rest ?? 'none'),
  }
}

function isInterpreter(name: string): boolean {
  return /^(?:python\d?|node|sh|bash|ruby|perl|tsx|ts-node|env|sudo)$/.test(name)
}

/** The tool itself is asked for with what fetches it; what is dangerous about it stays. */
function asPartOf(part: Part): Part {
  return {
    ...part,
    findings: part.findings.filter((one) => one.decision !== 'ask' || one.dangerous || one.firm),
  }
}

/** `npx -c TEXT` hands the text to a shell. */
function textOf({ args }: Scene): string | undefined {
  const at = args.findIndex((word) => /^(?:-c|--call)$/.test(word.value ?? ''))
  return at < 0 ? undefined : args[at + 1]?.value
}
