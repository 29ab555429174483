/** Interpreters: code on the command line, a script, a module, or what comes by a pipe. And `eval`, `ssh`, `docker`. */
import { danger, type Finding } from '../finding.ts'
import { readArguments } from '../options.ts'
import type { Row } from '../row.ts'
import type { Closer, Look, Scene } from '../scene.ts'
import { inputFinding } from './shell.ts'

/** Modules of Python that are commands of their own. */
const modules: Readonly<Record<string, Partial<Row> & Pick<Row, 'text'>>> = {
  'pytest unittest nose2 doctest tox nox coverage behave': {
    text: 'runs the tests of the project',
    category: 'run-tests',
    remember: 3,
  },
  'mypy ruff black isort flake8 pylint pyright': {
    text: 'checks or formats the project',
    category: 'lint-format',
    remember: 3,
  },
  'json.tool': {
    // A file `json.py` or `argparse.py` of the directory would be run in the place of Python's own.
    text: 'formats JSON, with modules of the directory before those of Python',
    remember: 3,
  },
  'build py_compile compileall': {
    text: 'builds the project',
    category: 'build-project',
    remember: 3,
  },
}

export const inlineCode: Look = (scene) => {
  const { args, title, command } = scene
  const [first, second] = args
  if (!first) {
    if (command.input.kind === 'inherited') return {}
    return { findings: [inputFinding(command, title)], remember: 'none' }
  }
  const text = first.value
  if (args.length === 1 && /^-(?:v|V|-?version)$|^version$/.test(text ?? ''))
    return { row: { ...scene.row, act: 'reads', text: 'shows its version', operands: 'text' } }
  if (first.text.startsWith('<('))
    return {
      findings: [danger(`what ${title} runs cannot be seen`, 'builtin:hidden code')],
      remember: 'none',
    }
  if (text === '-' || text === '/dev/stdin')
    return { findings: [inputFinding(command, title)], remember: 'none' }
  if (/^(?:python|pypy)/.test(title) && text === '-m') return moduleOf(scene, second?.value)
  if (/^node/.test(title) && text === '--test')
    return {
      row: {
        ...scene.row,
        text: 'runs the tests of the project',
        category: 'run-tests',
        remember: 2,
      },
      remember: [title, '--test'],
    }
  if (text === undefined || text.startsWith('-')) return { remember: 'none' }
  return first.glob
    ? { remember: 'none' }
    : { row: { ...scene.row, text: `runs ${text}`, remember: 2 }, remember: [title, text] }
}

function moduleOf(scene: Scene, name: string | undefined): Closer {
  if (name === undefined) return { remember: 'none' }
  if (name === 'pip' || name === 'venv')
    return name === 'venv'
      ? {
          row: { ...scene.row, text: 'makes an environment', category: 'install-deps' },
          remember: [scene.title, '-m', name],
        }
      : {
          // A module `pip` of the directory comes before the one of Python.
          row: { ...scene.row, text: 'runs a module, of the directory where it has one' },
          remember: [scene.title, '-m', name],
          parts: scene.runs([{ ...scene.words[0], ...pip }, ...scene.args.slice(2)]),
        }
  for (const [names, row] of Object.entries(modules))
    if (names.split(' ').includes(name))
      return { row: { ...scene.row, ...row }, remember: [scene.title, '-m', name] }
  return { remember: 'none' }
}

const pip = {
  text: 'pip',
  value: 'pip',
  lead: 'pip',
  shape: 'pip',
  many: false,
  glob: false,
  origin: 'seen',
  variables: [],
} as const

export const evaluate: Look = (scene) => {
  const texts = scene.args.map((word) => (word.glob ? undefined : word.value))
  const known = texts.filter((text) => text !== undefined)
  const reason =
    known.length < texts.length ? 'runs text that cannot be seen' : 'hides what it runs'
  return {
    findings: [danger(`eval ${reason}`, 'builtin:eval')],
    parts: scene.runsText(known.join(' ')),
  }
}

const sshValues = '-p -i -l -o -F -J -L -R -D -b -c -m -e -E -I -O -Q -S -W -w -B'

/** The words behind the host are a text for the shell there. */
export const ssh: Look = (scene) => {
  const { operands } = readArguments(scene.args, sshValues)
  const texts = operands.slice(1).map((word) => word.value)
  const known = texts.filter((text) => text !== undefined)
  return known.length === 0 ? {} : { parts: scene.runsText(known.join(' ')) }
}

const dockerValues =
  '-e --env -u --user -w --workdir --env-file --detach-keys -v --volume --mount --name --network --entrypoint -p --publish -h --hostname --platform --label -l --add-host --memory -m --cpus --cap-add --device --ipc --pid --security-opt --tmpfs --ulimit --restart --log-driver --index'

export const docker: Look = (scene) => {
  const { operands } = readArguments(scene.args, dockerValues)
  const inner = operands[1]
  const findings: Finding[] = []
  if (!inner) return {}
  const words = scene.args.slice(scene.args.indexOf(inner))
  return { findings, parts: scene.runs(words) }
}
