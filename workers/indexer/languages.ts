/**
 * One row a language: which files, which grammar, which query, and the few rules that a query cannot say. To add one:
 * a row here and a `queries/*.scm` file.
 */
import bashWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm' with { type: 'file' }
import cSharpWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-c-sharp.wasm' with {
  type: 'file',
}
import cppWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm' with { type: 'file' }
import goWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm' with { type: 'file' }
import javaWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-java.wasm' with { type: 'file' }
import javascriptWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm' with {
  type: 'file',
}
import phpWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-php.wasm' with { type: 'file' }
import pythonWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm' with { type: 'file' }
import rubyWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-ruby.wasm' with { type: 'file' }
import rustWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-rust.wasm' with { type: 'file' }
import tsxWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-tsx.wasm' with { type: 'file' }
import typescriptWasm from '@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm' with {
  type: 'file',
}
import type { SymbolKind } from '../../src/contract/symbol.ts'
import bashQuery from './queries/bash.scm' with { type: 'text' }
import cSharpQuery from './queries/c-sharp.scm' with { type: 'text' }
import cppQuery from './queries/cpp.scm' with { type: 'text' }
import ecmaQuery from './queries/ecma.scm' with { type: 'text' }
import goQuery from './queries/go.scm' with { type: 'text' }
import javaQuery from './queries/java.scm' with { type: 'text' }
import javascriptQuery from './queries/javascript.scm' with { type: 'text' }
import jsxQuery from './queries/jsx.scm' with { type: 'text' }
import phpQuery from './queries/php.scm' with { type: 'text' }
import pythonQuery from './queries/python.scm' with { type: 'text' }
import rubyQuery from './queries/ruby.scm' with { type: 'text' }
import rustQuery from './queries/rust.scm' with { type: 'text' }
import typescriptQuery from './queries/typescript.scm' with { type: 'text' }

/** What the rule about visibility may look at. */
export interface VisibilityFacts {
  name: string
  kind: SymbolKind
  signature: string
  /** Its own export statement, export list or `__all__` names it. */
  listed: boolean
  /** The file has such a list at all. */
  hasList: boolean
  /** Of the enclosing definition; undefined at top level. */
  parent?: { kind: SymbolKind | 'scope'; exported: boolean } | undefined
}

export interface Language {
  id: string
  extensions: string[]
  /** File names, and programs of a `#!` line. */
  names?: string[]
  grammar: string
  query: string
  exported(facts: VisibilityFacts): boolean
  /** Corrects the kind that the query gave. */
  kind?(kind: SymbolKind, facts: { name: string; signature: string }): SymbolKind
  /** The container that a `@container` capture means; `exported` when it makes its member public. */
  container?(text: string): { name: string; exported?: boolean }
  /** One import as the several that it stands for. */
  expandImport?(specifier: string, names: string[]): { specifier: string; names: string[] }[]
}

/** Members follow their container, minus what their modifiers hide. */
function memberOf(facts: VisibilityFacts, hidden: RegExp): boolean | undefined {
  if (!facts.parent) return undefined
  if (facts.parent.kind === 'function' || facts.parent.kind === 'method') return false
  return facts.parent.exported && !hidden.test(facts.signature)
}

const ecma: Pick<Language, 'exported' | 'container'> = {
  exported: (facts) =>
    memberOf(facts, /^(?:export )?(?:private|protected)\b|^(?:static |async |readonly )*#/) ??
    facts.listed,
  container(text) {
    if (/^(?:module\.)?exports$/.test(text)) return { name: '', exported: true }
    return { name: text.replace(/\.prototype$/, '').replace(/^this$/, '') }
  },
}

const modifierRule = (facts: VisibilityFacts): boolean => {
  const open = /\b(?:public|protected|internal)\b/.test(facts.signature)
  if (/\bprivate\b/.test(facts.signature)) return false
  if (facts.parent?.kind === 'interface' || facts.parent?.kind === 'enum')
    return facts.parent.exported
  return open && (facts.parent?.exported ?? true)
}

export const languages: readonly Language[] = [
  {
    id: 'typescript',
    extensions: ['ts', 'mts', 'cts'],
    names: ['bun', 'deno'],
    grammar: typescriptWasm,
    query: ecmaQuery + typescriptQuery,
    ...ecma,
  },
  {
    id: 'tsx',
    extensions: ['tsx'],
    grammar: tsxWasm,
    query: ecmaQuery + typescriptQuery + jsxQuery,
    ...ecma,
  },
  {
    id: 'javascript',
    extensions: ['js', 'mjs', 'cjs', 'jsx'],
    names: ['node'],
    grammar: javascriptWasm,
    query: ecmaQuery + javascriptQuery + jsxQuery,
    ...ecma,
  },
  {
    id: 'python',
    extensions: ['py', 'pyi', 'pyw'],
    names: ['python', 'python3', 'SConstruct', 'SConscript', 'wscript'],
    grammar: pythonWasm,
    query: pythonQuery,
    exported(facts) {
      if (facts.parent?.kind === 'function' || facts.parent?.kind === 'method') return false
      if (facts.parent) return facts.parent.exported && !/^_(?!_.*__$)/.test(facts.name)
      return facts.hasList ? facts.listed : !facts.name.startsWith('_')
    },
    kind: (kind, { name }) =>
      kind === 'variable' && /^_*[A-Z][A-Z0-9_]*$/.test(name) ? 'constant' : kind,
    // `from package import a, b` may name modules: each is looked for by itself.
    expandImport: (specifier, names) =>
      names.length === 0
        ? [{ specifier, names }]
        : names.map((name) => ({ specifier, names: [name] })),
  },
  {
    id: 'go',
    extensions: ['go'],
    grammar: goWasm,
    query: goQuery,
    exported: (facts) => /^\p{Lu}/u.test(facts.name) && (facts.parent?.exported ?? true),
    container: (text) => ({
      name: text
        .replace(/\[.*$/s, '')
        .replace(/^[*\s(]+/, '')
        .trim(),
    }),
  },
  {
    id: 'rust',
    extensions: ['rs'],
    grammar: rustWasm,
    query: rustQuery,
    exported(facts) {
      if (facts.parent?.kind === 'function' || facts.parent?.kind === 'method') return false
      if (facts.parent?.kind === 'trait' || facts.parent?.kind === 'enum')
        return facts.parent.exported
      if (facts.parent?.kind === 'scope' && facts.parent.exported) return true
      return facts.kind === 'macro' ? facts.listed : /^pub\b/.test(facts.signature)
    },
    container: (text) => ({ name: rustTypeName(text) }),
    expandImport: expandRustUse,
  },
  {
    id: 'java',
    extensions: ['java'],
    grammar: javaWasm,
    query: javaQuery,
    exported: modifierRule,
    kind: (kind, { signature }) =>
      kind === 'property' && /\bstatic\b/.test(signature) && /\bfinal\b/.test(signature)
        ? 'constant'
        : kind,
  },
  {
    id: 'cpp',
    extensions: ['c', 'h', 'cc', 'cpp', 'cxx', 'c++', 'hh', 'hpp', 'hxx', 'inl', 'ipp'],
    grammar: cppWasm,
    query: cppQuery,
    exported: (facts) =>
      !/^static\b/.test(facts.signature) && (memberOf(facts, /^private\b/) ?? true),
    container: (text) => ({ name: text }),
  },
  {
    id: 'csharp',
    extensions: ['cs'],
    grammar: cSharpWasm,
    query: cSharpQuery,
    exported: (facts) =>
      facts.kind === 'module' ||
      modifierRule(facts.parent?.kind === 'module' ? { ...facts, parent: undefined } : facts),
    kind: (kind, { signature }) =>
      kind === 'property' && /\bconst\b/.test(signature) ? 'constant' : kind,
  },
  {
    id: 'ruby',
    extensions: ['rb', 'rake', 'gemspec'],
    names: ['Rakefile', 'Gemfile', 'ruby'],
    grammar: rubyWasm,
    query: rubyQuery,
    exported: (facts) => !facts.name.startsWith('_'),
  },
  {
    id: 'php',
    extensions: ['php', 'phtml', 'inc'],
    names: ['php'],
    grammar: phpWasm,
    query: phpQuery,
    exported: (facts) => !/\b(?:private|protected)\b/.test(facts.signature),
  },
  {
    id: 'bash',
    extensions: ['sh', 'bash'],
    names: ['sh', 'bash', 'dash', '.bashrc', '.profile'],
    grammar: bashWasm,
    query: bashQuery,
    exported: (facts) => !facts.parent && !facts.name.startsWith('_'),
  },
]

/** The language of a file by its name, else by the program of its `#!` line. */
export function languageOf(path: string, firstLine = ''): Language | undefined {
  const base = path.slice(path.lastIndexOf('/') + 1)
  const dot = base.lastIndexOf('.')
  const extension = dot > 0 ? base.slice(dot + 1).toLowerCase() : ''
  const byName = languages.find(
    (row) => row.extensions.includes(extension) || row.names?.includes(base),
  )
  if (byName || extension !== '') return byName
  const program = /^#!\s*(?:\S*\/)?(?:env\s+(?:-S\s+)?)?([\w.+-]+)/.exec(firstLine)?.[1]
  const bare = program?.replace(/[\d.]+$/, '')
  return program === undefined
    ? undefined
    : languages.find((row) => row.names?.some((name) => name === program || name === bare))
}

/** `Vec<T>` -> `Vec`, `&'a mut foo::Bar<T>` -> `Bar`. */
function rustTypeName(text: string): string {
  const plain = text.replace(/<.*$/s, '').replace(/^(?:&|\*|'\w+|mut\b|const\b|dyn\b|\s)+/, '')
  return plain.slice(plain.lastIndexOf(':') + 1).trim()
}

/** `a::{b, c as d, e::{f, self}}` as `a::b`, `a::c`, `a::e::f`, `a::e`, each with the name it brings. */
function expandRustUse(specifier: string): { specifier: string; names: string[] }[] {
  const paths: { specifier: string; names: string[] }[] = []
  const prefixes: string[] = []
  let part = ''
  const finish = () => {
    const [path = '', alias] = part.trim().split(/\s+as\s+/)
    part = ''
    if (path === '') return
    const full = `${prefixes.join('')}${path}`.replace(/::self$/, '')
    const last = full.slice(full.lastIndexOf(':') + 1)
    const names = [last, alias].filter((name) => name !== undefined && /^[A-Za-z]\w*$/.test(name))
    paths.push({ specifier: full, names: names as string[] })
  }
  for (const char of specifier.replace(/\s+/g, ' ')) {
    if (char === '{') {
      prefixes.push(part.trim())
      part = ''
    } else if (char === ',' || char === '}') {
      finish()
      if (char === '}') prefixes.pop()
    } else part += char
  }
  finish()
  return paths
}
