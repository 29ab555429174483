/** What the highlighter knows of each language family: comments, strings and words. Data only. */

export interface Language {
  names: string[]
  lineComments?: string[]
  blockComment?: [string, string]
  /** Quotes of strings that end with their line. */
  quotes?: string
  /** Quotes of strings that may span lines, the longest first. */
  longQuotes?: string[]
  keywords?: string
  literals?: string
  /** Words before a `:` or `=` at the start of a line are keys (YAML, TOML, ini, JSON). */
  keys?: boolean
  variables?: boolean
  tags?: boolean
  /** Lines are judged by their first character. */
  diff?: boolean
  ignoreCase?: boolean
}

const cLiterals = 'true false null nullptr NULL'

const languages: Language[] = [
  {
    names: ['js', 'javascript', 'jsx', 'mjs', 'cjs', 'ts', 'typescript', 'tsx', 'mts', 'cts'],
    lineComments: ['//'],
    blockComment: ['/*', '*/'],
    quotes: '"\'',
    longQuotes: ['`'],
    keywords:
      'abstract as asserts async await break case catch class const continue debugger declare default delete do else enum export extends finally for from function get if implements import in infer instanceof interface is keyof let namespace new of override private protected public readonly return satisfies set static super switch this throw try type typeof var void while with yield',
    literals: 'true false null undefined NaN Infinity',
  },
  {
    names: ['py', 'python', 'python3', 'pyi'],
    lineComments: ['#'],
    quotes: '"\'',
    longQuotes: ['"""', "'''"],
    keywords:
      'and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield self',
    literals: 'True False None',
  },
  {
    names: ['go', 'golang'],
    lineComments: ['//'],
    blockComment: ['/*', '*/'],
    quotes: '"\'',
    longQuotes: ['`'],
    keywords:
      'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var',
    literals: 'true false nil iota',
  },
  {
    names: ['rs', 'rust'],
    lineComments: ['//'],
    blockComment: ['/*', '*/'],
    longQuotes: ['"'],
    keywords:
      'as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait type unsafe use where while',
    literals: 'true false None Some Ok Err',
  },
  {
    names: ['java', 'kt', 'kotlin', 'scala', 'groovy', 'cs', 'csharp', 'c#', 'swift', 'dart'],
    lineComments: ['//'],
    blockComment: ['/*', '*/'],
    quotes: '"\'',
    longQuotes: ['"""'],
    keywords:
      'abstract as async await base break case catch class const continue data default defer delegate do else enum event extends extension final finally for foreach fun func get goto guard if implements import in init instanceof interface internal is let lock namespace native new object open operator out override package params private protected protocol public readonly record ref return sealed set static struct super switch synchronized this throw throws trait transient try typealias using val var virtual void volatile when where while with yield int long double float boolean bool byte char short string',
    literals: 'true false null nil',
  },
  {
    names: ['c', 'h', 'cpp', 'c++', 'cc', 'cxx', 'hpp', 'objc', 'cuda', 'glsl', 'zig', 'proto'],
    lineComments: ['//'],
    blockComment: ['/*', '*/'],
    quotes: '"\'',
    keywords:
      'alignas alignof auto bool break case catch char class co_await co_return co_yield const constexpr continue decltype default delete do double else enum explicit export extern final float for friend goto if inline int long mutable namespace new noexcept operator override private protected public register return short signed sizeof static static_assert static_cast struct switch template this throw try typedef typename union unsigned using virtual void volatile while fn pub comptime message service rpc repeated optional syntax #include #define #ifdef #ifndef #endif #if #else #pragma',
    literals: cLiterals,
  },
  {
    names: ['php'],
    lineComments: ['//', '#'],
    blockComment: ['/*', '*/'],
    quotes: '"\'',
    variables: true,
    keywords:
      'abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enum extends final finally fn for foreach function global if implements include instanceof interface isset match namespace new or private protected public readonly require require_once return static switch throw trait try use var while yield',
    literals: 'true false null',
  },
  {
    names: ['rb', 'ruby', 'elixir', 'ex', 'exs', 'crystal'],
    lineComments: ['#'],
    quotes: '"\'',
    keywords:
      'alias and begin break case class def defined? defmodule defp do else elsif end ensure extend for if import in include module next not or raise redo require rescue retry return self super then undef unless until use when while yield',
    literals: 'true false nil',
  },
  {
    names: [
      'sh',
      'bash',
      'zsh',
      'shell',
      'fish',
      'console',
      'dockerfile',
      'docker',
      'make',
      'makefile',
    ],
    lineComments: ['#'],
    quotes: '"\'',
    variables: true,
    keywords:
      'case do done elif else esac export fi for function if in local readonly return set shift source then trap unset until while FROM RUN COPY ADD CMD ENTRYPOINT ENV ARG WORKDIR EXPOSE USER VOLUME LABEL ifeq ifneq endif include',
    literals: 'true false',
  },
  {
    names: ['sql', 'sqlite', 'psql', 'postgres', 'mysql'],
    lineComments: ['--'],
    blockComment: ['/*', '*/'],
    quotes: '"\'',
    ignoreCase: true,
    keywords:
      'add all alter and as asc begin between by case check column commit constraint create cross database default delete desc distinct drop else end exists foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references returning right rollback select set table then transaction trigger union unique update using values view when where with',
    literals: 'true false null',
  },
  {
    names: ['json', 'jsonc', 'json5'],
    lineComments: ['//'],
    quotes: '"',
    keys: true,
    literals: cLiterals,
  },
  {
    names: ['yaml', 'yml', 'toml', 'ini', 'conf', 'cfg', 'properties', 'env', 'dotenv'],
    lineComments: ['#', ';'],
    quotes: '"\'',
    keys: true,
    literals: 'true false null yes no on off',
  },
  {
    names: ['css', 'scss', 'less'],
    lineComments: ['//'],
    blockComment: ['/*', '*/'],
    quotes: '"\'',
    keys: true,
  },
  {
    names: ['html', 'xml', 'svg', 'vue', 'svelte'],
    blockComment: ['<!--', '-->'],
    quotes: '"',
    tags: true,
  },
  {
    names: ['lua', 'haskell', 'hs', 'elm', 'ada'],
    lineComments: ['--'],
    quotes: '"',
    keywords:
      'and break case class data deriving do else elseif end for function goto if import in instance let local module newtype not of or repeat return then type until where while',
    literals: 'true false nil True False Nothing Just',
  },
  {
    names: ['lisp', 'clojure', 'clj', 'scheme', 'elisp', 'asm', 'nasm'],
    lineComments: [';'],
    quotes: '"',
    keywords: 'def defn defun defmacro defvar let lambda if cond fn ns loop recur do when',
    literals: 'nil t true false',
  },
  {
    names: [
      'r',
      'julia',
      'jl',
      'perl',
      'pl',
      'nix',
      'tcl',
      'powershell',
      'ps1',
      'awk',
      'hcl',
      'terraform',
      'tf',
    ],
    lineComments: ['#'],
    quotes: '"\'',
    variables: true,
    keywords:
      'begin break catch do else elseif elsif end for foreach function if import in inherit let library module my next our package param repeat require return rec struct sub then try unless using use while with resource variable output provider',
    literals: 'TRUE FALSE NULL NA true false null nothing undef',
  },
  { names: ['diff', 'patch'], diff: true },
]

export function findLanguage(name: string): Language | undefined {
  const wanted = name.toLowerCase()
  return languages.find((language) => language.names.includes(wanted))
}
