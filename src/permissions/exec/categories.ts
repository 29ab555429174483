/** Codi's categories of commands: a rule may name one. The first four are allowed where nothing else is said. */

export const categoryTexts = {
  'list-files': 'lists files and directories',
  'read-files': 'shows, searches and compares files',
  'git-safe': 'shows what git knows, and changes nothing',
  'system-info': 'shows facts about the machine, or plain text',
  'run-tests': 'runs the tests of a project',
  'install-deps': 'installs the dependencies of a project, in the project',
  'git-commit': 'adds, commits, stashes, switches branches, and throws nothing away',
  'build-project': 'builds a project',
  'lint-format': 'checks types and style, formats',
  'docker-read': 'shows containers, images and their logs',
} as const satisfies Record<string, string>

export type Category = keyof typeof categoryTexts
