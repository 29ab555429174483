/** A file of five functions in each language, the third broken in each of several ways. */

interface BrokenFile {
  language: string
  damage: string
  path: string
  source: string
  /** What must be found all the same. */
  names: string[]
}

interface Shape {
  path: string
  /** Around all functions. */
  around: [string, string]
  make(name: string): string
}

const braces =
  (head: (name: string) => string, indent = '  ') =>
  (name: string) =>
    `${head(name)} {\n${indent}if (a > 1) {\n${indent}  return a;\n${indent}}\n${indent}return 2;\n}\n`
const shifted = (make: (name: string) => string) => (name: string) =>
  make(name).replace(/^(?=.)/gm, '  ')

const shapes: Readonly<Record<string, Shape>> = {
  typescript: {
    path: 'a.ts',
    around: ['', ''],
    make: braces((name) => `export function ${name}(a: number): number`),
  },
  'typescript members': {
    path: 'b.ts',
    around: ['export class A {\n', '}\n'],
    make: shifted(braces((name) => `${name}(a: number): number`)),
  },
  javascript: { path: 'a.js', around: ['', ''], make: braces((name) => `function ${name}(a)`) },
  python: {
    path: 'a.py',
    around: ['', ''],
    make: (name) => `def ${name}(a):\n    if a > 1:\n        return a\n    return 2\n`,
  },
  go: {
    path: 'a.go',
    around: ['package a\n\n', ''],
    make: braces((name) => `func ${name}(a int) int`, '\t'),
  },
  rust: { path: 'a.rs', around: ['', ''], make: braces((name) => `pub fn ${name}(a: i32) -> i32`) },
  java: {
    path: 'A.java',
    around: ['class A {\n', '}\n'],
    make: shifted(braces((name) => `public int ${name}(int a)`)),
  },
  'c++': { path: 'a.cpp', around: ['', ''], make: braces((name) => `int ${name}(int a)`) },
  'c#': {
    path: 'A.cs',
    around: ['class A {\n', '}\n'],
    make: shifted(braces((name) => `public int ${name}(int a)`)),
  },
  ruby: {
    path: 'a.rb',
    around: ['', ''],
    make: (name) => `def ${name}(a)\n  if a > 1\n    return a\n  end\n  2\nend\n`,
  },
  php: { path: 'a.php', around: ['<?php\n', ''], make: braces((name) => `function ${name}($a)`) },
  bash: {
    path: 'a.sh',
    around: ['', ''],
    make: (name) => `${name}() {\n  if [ "$1" -gt 1 ]; then\n    echo a\n  fi\n  echo 2\n}\n`,
  },
}

const damages: Readonly<Record<string, (source: string) => string>> = {
  'its last brace is missing': (source) => source.replace(/\n *(?:\}|end)\n$/, '\n'),
  'an inner block is not closed': (source) => source.replace(/\n[\t ]+(?:\}|end|fi)\n/, '\n'),
  'a bracket of its parameters is missing': (source) => source.replace(')', ''),
  'there is nonsense in it': (source) => source.replace(/\n(\s+)if/, '\n$1@@ ?? [[ (\n$1if'),
  'a string is not closed': (source) => source.replace(/(return|echo) a/, '$1 "a'),
  'only its head is written': (source) => `${source.split('\n')[0]?.replace(/\s*[{:]$/, '')}\n`,
}

export function brokenFiles(): BrokenFile[] {
  return Object.entries(shapes).flatMap(([language, { path, around, make }]) =>
    Object.entries(damages).map(([damage, apply]) => ({
      language,
      damage,
      path,
      names: ['one', 'two', 'four', 'five'],
      source: [
        around[0],
        make('one'),
        make('two'),
        apply(make('three')),
        make('four'),
        make('five'),
        around[1],
      ].join('\n'),
    })),
  )
}
