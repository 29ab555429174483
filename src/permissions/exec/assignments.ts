/**
 * Assignments: before a command, by `export` and its kin, or alone. A variable that no program is known to take orders
 * from may be set; every other is asked for, and those that make programs run something are dangerous.
 */

import { credentialFinding } from './files.ts'
import { danger, type Finding, firm } from './finding.ts'
import type { Place } from './scene.ts'
import type { Assignment, Command } from './script.ts'

/** Set for a command, these change what it prints or how fast it works, not what it does. */
const harmless: ReadonlySet<string> = new Set(
  (
    'CI LANG LANGUAGE LC_ALL LC_CTYPE LC_COLLATE LC_MESSAGES LC_NUMERIC LC_TIME TZ TERM COLUMNS LINES ' +
    'NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE COLORTERM NODE_ENV RUST_BACKTRACE RUST_LOG ' +
    'CARGO_TERM_COLOR PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONIOENCODING PYTHONUTF8 ' +
    'PYTHONHASHSEED GOOS GOARCH CGO_ENABLED GO111MODULE DEBUG VERBOSE LOG_LEVEL RAILS_ENV RACK_ENV ' +
    'MIX_ENV APP_ENV DJANGO_SETTINGS_MODULE HUSKY GIT_TERMINAL_PROMPT GIT_OPTIONAL_LOCKS ' +
    'GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_AUTHOR_DATE ' +
    'GIT_COMMITTER_DATE BROWSERSLIST_IGNORE_OLD_DATA NEXT_TELEMETRY_DISABLED DO_NOT_TRACK PORT ' +
    'npm_config_yes npm_config_loglevel DEBIAN_FRONTEND SOURCE_DATE_EPOCH JOBS MAKEFLAGS_JOBS PGTZ'
  )
    .split(' ')
    .filter((name) => name !== 'HUSKY'),
)

/** By these a program is made to run something else, or to look elsewhere for what it runs. */
const commanding =
  /^(?:PATH|IFS|ENV|BASH_ENV|SHELL|SHELLOPTS|BASHOPTS|CDPATH|HOME|PS4|PROMPT_COMMAND|BASH_FUNC_.*|LD_.*|DYLD_.*|GCONV_PATH|LOCPATH|NLSPATH|HOSTALIASES|RES_OPTIONS|GIT_.*|EDITOR|VISUAL|PAGER|MANPAGER|.*_PAGER|BROWSER|LESSOPEN|LESSCLOSE|LESS|MORE|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NPM_CONFIG_.*|npm_config_.*|YARN_.*|PYTHON(?:PATH|STARTUP|HOME|INSPECT|BREAKPOINT|WARNINGS|USERBASE)|PERL5?(?:LIB|OPT|DB)|PERL5DB|RUBY(?:LIB|OPT)|GEM_.*|BUNDLE_.*|LUA_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|MAVEN_OPTS|GRADLE_OPTS|RUSTC.*|RUSTFLAGS|CARGO_(?!TERM).*|GO(?:FLAGS|PROXY|PATH|ROOT|BIN|TOOLCHAIN)|CC|CXX|LD|AR|CFLAGS|CXXFLAGS|LDFLAGS|MAKEFLAGS|MAKEFILES|SSH_.*|SUDO_.*|RSYNC_RSH|TAR_OPTIONS|GREP_OPTIONS|RIPGREP_CONFIG_PATH|FZF_.*|DOCKER_.*|KUBECONFIG|AWS_.*|.*(?:_|^)proxy|.*(?:_|^)PROXY|TMPDIR|XDG_.*|AWKPATH|AWKLIBPATH|HUSKY|PHP_INI_SCAN_DIR|PHPRC|OPENSSL_.*|SSL_.*|CURL_.*|GLOBIGNORE|POSIXLY_CORRECT|HISTFILE|TERMINFO.*|TERMCAP|ZDOTDIR|FPATH)$/

const exporting = /^(?:export|declare|typeset|readonly|local)$/

export function judgeAssignments(command: Command, place: Place): Finding[] {
  const keyword = command.words[0]?.value
  const isBuiltin = keyword !== undefined && exporting.test(keyword)
  const isPrefix = command.words.length > 0 && !isBuiltin
  const isExported = keyword === 'export' || keyword === 'declare' || keyword === 'typeset'
  // `while IFS= read -r line` is how lines are read.
  const given = command.assignments.filter(({ name }) => name !== 'IFS' || keyword !== 'read')
  return given.flatMap((assignment) => [
    ...judgeOne(assignment, isPrefix || isExported),
    ...valueFindings(assignment, command, place),
  ])
}

/** Whether a variable of that name makes programs run something else. */
export function isCommanding(name: string): boolean {
  return commanding.test(name)
}

function judgeOne({ name, compound }: Assignment, reaches: boolean): Finding[] {
  const rule = 'builtin:assignment'
  if (harmless.has(name) && !compound) return []
  if (commanding.test(name))
    return [danger(`setting ${name} changes what programs run or where they look for it`, rule)]
  // A variable of the shell itself: only what the text makes of it counts.
  if (!reaches && /^[a-z]\w*$|^[A-Z]\w*$|^_\w+$/.test(name)) return []
  return [firm(`what setting ${name} makes a program do is not known`, rule, 'medium')]
}

/** `f=~/.ssh/id_rsa` is only named here, but it is named to be read. */
function valueFindings({ value }: Assignment, command: Command, place: Place): Finding[] {
  if (!value) return []
  const found = credentialFinding(value, {
    home: place.home,
    cwd: command.cwd,
    title: 'assignment',
  })
  return found ? [found] : []
}
