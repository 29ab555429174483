/** Interpreters, editors and shells: what runs code that is given to it. */
import type { Family, Row } from '../row.ts'

const interpreter: Row = {
  act: 'runs',
  text: 'runs a program',
  special: 'inline-code',
  remember: 0,
}
const editor: Row = {
  act: 'runs',
  text: 'opens an editor, which can run commands',
  remember: 0,
}

export const code: Family = {
  'python python2 python3 pypy pypy3 ipython node nodejs tsx ts-node ruby jruby irb perl php lua luajit Rscript R julia java scala kotlin groovy elixir iex erl ocaml ghci guile racket sbcl clisp tclsh wish expect swipl octave matlab crystal nim v janet bb node-gyp esno jbang dotnet-script pwsh powershell electron chrome chromium google-chrome firefox':
    interpreter,
  'vim vi nvim view ex ed emacs nano pico micro helix hx code cursor subl kak joe mcedit mc ranger nnn visidata gvim vimdiff rvim emacsclient':
    editor,
  'sh bash zsh dash ksh fish ash mksh yash csh tcsh rbash busybox toybox nu elvish xonsh oil osh': {
    act: 'runs',
    text: 'runs what it is given',
    special: 'shell',
    remember: 0,
  },
  'source .': {
    act: 'runs',
    text: 'runs a script in the shell itself',
    special: 'shell',
    remember: 0,
  },
  eval: { act: 'reads', text: 'runs its words as a command', special: 'eval', remember: 0 },
}
