/** Where universal-ctags and codi differ on purpose, or because ctags is wrong: language by language, with the reason. */

interface DifferentTag {
  name: string
  kind: string
  scopeKind: string
  /** The line of code, trimmed, and how far it is indented. */
  text: string
  indent: number
}

export interface Explanation {
  why: string
  applies(tag: DifferentTag): boolean
}

const ofKind = (why: string, ...kinds: string[]): Explanation => ({
  why,
  applies: (tag) => kinds.includes(tag.kind),
})

const localValues: Explanation = {
  why: 'ctags lists local variables as global ones',
  applies: ({ kind, indent, text }) =>
    /^(?:constant|variable)$/.test(kind) &&
    (indent > 0 || !/^(?:export|const|let|var)\b/.test(text)),
}

const ecmaRules: readonly Explanation[] = [
  localValues,
  {
    why: 'functions without a name, which ctags numbers',
    applies: ({ name }) => /^(?:AnonymousFunction|anonymousFunction|AnonymousClass)/.test(name),
  },
  {
    why: 'properties of object literals: codi lists the functions among them',
    applies: ({ kind, text }) =>
      /^(?:property|field)$/.test(kind) && !/^(?:static|readonly|#)/.test(text),
  },
  {
    why: 'functions of one or two lines in object literals',
    applies: ({ kind, text }) =>
      /^(?:method|function|generator)$/.test(kind) && /^['"\w$[\]]+\s*:/.test(text),
  },
]

export const explanations: Readonly<Record<string, readonly Explanation[]>> = {
  go: [
    ofKind('the package clause of every file', 'package'),
    ofKind('names of imports', 'packageName'),
    ofKind('embedded types: codi keeps them as bases', 'anonMember'),
  ],
  rust: [
    ofKind('impl blocks: codi gives them to their type as container and base', 'implementation'),
    {
      why: '`mod x;`: codi keeps it as an import',
      applies: ({ kind, text }) => kind === 'module' && text.endsWith(';'),
    },
    {
      why: 'a type taken for a variable',
      applies: ({ kind, text }) => kind === 'variable' && /\btype\b/.test(text),
    },
  ],
  java: [ofKind('the package clause of every file', 'package')],
  ruby: [
    {
      why: 'the writer of an attr_accessor: codi lists the attribute once',
      applies: ({ kind, name }) => kind === 'accessor' && name.endsWith('='),
    },
    {
      why: 'uses of a constant taken for its definition',
      applies: ({ kind, text }) => kind === 'constant' && /=>|==/.test(text),
    },
    {
      why: 'aliases cut before their last sign',
      applies: ({ kind, text }) => kind === 'alias' && /^alias\b/.test(text),
    },
    ofKind('files that are required', 'library'),
  ],
  php: [
    ofKind('names of imports', 'alias'),
    ofKind('the namespace of every file', 'namespace'),
    {
      why: 'local variables',
      applies: ({ kind, text }) =>
        (kind === 'variable' &&
          !/^(?:public|private|protected|static|var|readonly)\b/.test(text)) ||
        /^static \$/.test(text),
    },
  ],
  python: [
    ofKind('names of imports', 'namespace', 'unknown', 'module'),
    {
      why: 'a lambda in a local variable',
      applies: ({ kind, text }) => kind === 'function' && /\blambda\b/.test(text),
    },
    {
      why: 'assigned inside a loop or a nested block',
      applies: ({ kind, indent }) => kind === 'variable' && indent > 4,
    },
  ],
  csharp: [
    {
      why: 'a parameter taken for a field',
      applies: ({ kind, text }) => kind === 'field' && text.includes('('),
    },
    {
      why: '`using` taken for a type',
      applies: ({ kind, text }) => kind === 'typedef' && text.startsWith('using'),
    },
  ],
  typescript: [
    {
      why: 'names of imports',
      applies: ({ kind, text }) =>
        (kind === 'alias' && !/\btype\b/.test(text)) || /^(?:import|\} from)\b/.test(text),
    },
    ...ecmaRules,
    {
      why: 'a keyword or a part of a number or type taken for a name',
      applies: ({ name, text }) =>
        /^(?:const|export|catch|void|symbol|_\d+)$/.test(name) ||
        new RegExp(`: readonly ${name}\\b`).test(text),
    },
  ],
  tsx: [],
  javascript: [
    ...ecmaRules,
    {
      why: 'an object literal taken for a class',
      applies: ({ kind, text }) => kind === 'class' && !/\bclass\b/.test(text),
    },
  ],
  cpp: [
    ofKind('included files', 'header'),
    {
      why: 'conversion operators after `inline`: the grammar takes `operator` for a type',
      applies: ({ name }) => /^(?:.*::)?operator [\w:]+$/.test(name),
    },
    {
      why: 'a macro call in a class taken for a method',
      applies: ({ kind, text }) => kind === 'prototype' && /^[A-Z][A-Z0-9_]+\([^;]*\)$/.test(text),
    },
    {
      why: 'types and fields without a name, which ctags numbers',
      applies: ({ name }) => /^__anon/.test(name),
    },
    {
      why: 'include guards',
      applies: ({ kind, name }) =>
        kind === 'macro' && /_(?:H|HH|HPP|HXX|INCLUDED|GUARD)_*$/.test(name),
    },
  ],
  bash: [
    ofKind(
      'aliases, files that are sourced, labels of here-documents',
      'alias',
      'script',
      'heredoc',
    ),
  ],
}
