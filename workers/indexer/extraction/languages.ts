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
import type { SymbolKind, Visibility } from '../../../src/contract/symbol.ts'
import type { BaseKind } from './found.ts'
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
import { derivedTraits, expandRustUse, rustTypeName } from './rust-names.ts'
import {
  cppVisibility,
  cSharpVisibility,
  ecmaVisibility,
  goVisibility,
  javaVisibility,
  phpVisibility,
  pythonVisibility,
  rubyVisibility,
  rustVisibility,
  shellVisibility,
  type VisibilityRule,
} from './visibility.ts'

export interface Language {
  id: string
  extensions: string[]
  /** File names, and programs of a `#!` line. */
  names?: string[]
  grammar: string
  query: string
  visibility: VisibilityRule
  /** The visibilities that count as exported: seen from outside the file, class or package. */
  open: readonly Visibility[]
  /** A member is exported by its own words, whatever encloses it. */
  ownExport?: boolean
  /** Definitions of this kind belong to nothing, wherever they stand: macros of the preprocessor. */
  global?: SymbolKind
  /** A scope without a name of its own (`class << self`) hides nothing. */
  scopesExport?: boolean
  /** Members are used by their bare names inside their class. */
  bareMembers?: boolean
  /** What joins a name to its container where a definition is written with both. */
  qualifier?: string
  /** Corrects the kind that the query gave. */
  kind?(kind: SymbolKind, facts: { name: string; signature: string }): SymbolKind
  /** The container that a `@container` capture means; `exported` when it makes its member public. */
  container?(text: string): { name: string; exported?: boolean }
  /** What a base is to a type of this kind, where the language does not write it. */
  baseKind?(name: string, kind: SymbolKind | undefined): BaseKind
  /** Bases that the attributes above a type give it. */
  derived?(attributes: string): string[]
  /** One import as the several that it stands for. */
  expandImport?(specifier: string, names: string[]): { specifier: string; names: string[] }[]
}

const ecma: Pick<Language, 'visibility' | 'open' | 'container'> = {
  visibility: ecmaVisibility,
  open: ['public'],
  container(text) {
    if (/^(?:module\.)?exports$/.test(text)) return { name: '', exported: true }
    return { name: text.replace(/\.prototype$/, '').replace(/^this$/, '') }
  },
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
    visibility: pythonVisibility,
    open: ['public'],
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
    visibility: goVisibility,
    open: ['public'],
    expandImport: nameByDefault((specifier) => `*=${goPackageName(specifier)}`),
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
    visibility: rustVisibility,
    open: ['public', 'internal'],
    ownExport: true,
    derived: derivedTraits,
    container: (text) => ({ name: rustTypeName(text) }),
    expandImport: expandRustUse,
  },
  {
    id: 'java',
    extensions: ['java'],
    grammar: javaWasm,
    query: javaQuery,
    visibility: javaVisibility,
    container: (text) => ({ name: lastPart(text.replace(/<.*$/s, '')) }),
    expandImport: nameByDefault(lastPart),
    bareMembers: true,
    open: ['public', 'protected'],
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
    visibility: cppVisibility,
    bareMembers: true,
    open: ['public', 'protected'],
    global: 'macro',
    qualifier: '::',
    container: (text) => ({ name: text }),
  },
  {
    id: 'csharp',
    extensions: ['cs'],
    grammar: cSharpWasm,
    query: cSharpQuery,
    visibility: cSharpVisibility,
    // By the convention that every library follows: a base class and interfaces stand in one list.
    baseKind: (name, kind) =>
      kind !== 'interface' && /^I\p{Lu}/u.test(name) ? 'implements' : 'extends',
    expandImport: nameByDefault(lastPart),
    bareMembers: true,
    open: ['public', 'protected', 'internal'],
    kind: (kind, { signature }) =>
      kind === 'property' && /\bconst\b/.test(signature) ? 'constant' : kind,
  },
  {
    id: 'ruby',
    extensions: ['rb', 'rake', 'gemspec'],
    names: ['Rakefile', 'Gemfile', 'ruby'],
    grammar: rubyWasm,
    query: rubyQuery,
    visibility: rubyVisibility,
    bareMembers: true,
    open: ['public'],
    scopesExport: true,
    qualifier: '::',
  },
  {
    id: 'php',
    extensions: ['php', 'phtml', 'inc'],
    names: ['php'],
    grammar: phpWasm,
    query: phpQuery,
    visibility: phpVisibility,
    expandImport: nameByDefault(lastPart),
    open: ['public'],
  },
  {
    id: 'bash',
    extensions: ['sh', 'bash'],
    names: ['sh', 'bash', 'dash', '.bashrc', '.profile'],
    grammar: bashWasm,
    query: bashQuery,
    visibility: shellVisibility,
    open: ['public'],
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

/** An import that names nothing brings what `name` says; a lone `=alias` renames that. */
function nameByDefault(name: (specifier: string) => string): NonNullable<Language['expandImport']> {
  return (specifier, names) => {
    const [first] = names
    if (first === undefined) return [{ specifier, names: [name(specifier)] }]
    if (!first.startsWith('=')) return [{ specifier, names }]
    return [{ specifier, names: [`${name(specifier)}${first}`] }]
  }
}

function lastPart(specifier: string): string {
  return specifier.slice(Math.max(specifier.lastIndexOf('.'), specifier.lastIndexOf('\\')) + 1)
}

/** The package that an import path brings: its last part, without a version. */
function goPackageName(path: string): string {
  const parts = path.replace(/\/v\d+$/, '').split('/')
  return (parts.at(-1) ?? '')
    .replace(/\.v\d+$/, '')
    .replace(/^go-|[.-]go$/g, '')
    .replaceAll('-', '_')
}
