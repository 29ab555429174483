/** Package managers: what installs, what runs scripts of the project, what publishes. */
import type { Family, OptionRow, Row } from '../row.ts'

const publishes: Row = {
  act: 'network',
  text: 'publishes a package, or changes what is published',
  danger: true,
}
const installs: Row = {
  act: 'network',
  text: 'installs packages, which may run scripts of their own',
  category: 'install-deps',
  remember: 2,
}
const tests: Row = {
  act: 'runs',
  text: 'runs the tests of the project',
  category: 'run-tests',
  remember: 2,
}
const builds: Row = {
  act: 'runs',
  text: 'builds the project',
  category: 'build-project',
  remember: 2,
}
const lints: Row = {
  act: 'runs',
  text: 'checks or formats the project',
  category: 'lint-format',
  remember: 2,
}
const shows: Row = {
  act: 'reads',
  text: 'shows packages',
  category: 'system-info',
  operands: 'text',
}
/** Bun runs a script of the project by any name that is no command of its own. */
const runsScript: Row = {
  act: 'runs',
  text: 'runs a script of the project, or shows packages',
  remember: 2,
}
const runsProject: Row = {
  act: 'runs',
  text: 'shows packages, and runs code of the project',
  remember: 2,
}
const asksHost: Row = { act: 'network', text: 'asks the registry', remember: 2 }
const runsPackage: Row = {
  act: 'network',
  text: 'fetches a package and runs it',
  special: 'package-run',
  remember: 0,
}
const settings: Row = {
  act: 'writes',
  text: 'changes settings that decide where packages come from and what runs',
  danger: true,
}
const machineWide: OptionRow = {
  names: '-g --global --location',
  text: 'installs for the whole machine',
  act: 'system',
  danger: true,
}
const elsewhere: OptionRow = {
  names:
    '--registry --script-shell --userconfig --globalconfig --node-options --init-module --browser --viewer',
  text: 'changes where packages come from or what runs their scripts',
  danger: true,
}

const npmLike = {
  'install i ci add install-test it clean-install up update upgrade dedupe link ln rebuild prune install-clean':
    {
      ...installs,
      options: [machineWide, elsewhere],
    },
  'uninstall remove rm un unlink r': {
    ...installs,
    text: 'removes packages',
    options: [machineWide],
  },
  'test t tst': tests,
  'run run-script rum urn': {
    act: 'runs',
    text: 'runs a script of the project',
    special: 'project-script',
    remember: 3,
    options: [elsewhere],
  },
  'start stop restart': { act: 'runs', text: 'runs a script of the project', remember: 2 },
  'ls list ll la root bin prefix explain why licenses query': { ...shows, options: [elsewhere] },
  fund: {
    ...shows,
    most: { operands: 0, text: 'opens a browser', act: 'runs' },
    options: [elsewhere],
  },
  'view info show outdated audit search doctor ping whoami': {
    ...asksHost,
    options: [{ names: '--fix', text: 'changes packages', act: 'writes' }],
  },
  'exec x dlx create init innit': runsPackage,
  'publish unpublish deprecate dist-tag owner access team token login logout adduser add-user hook profile star org trust':
    publishes,
  'config set get c edit pkg set-script cache': settings,
  'pack version': {
    act: 'writes',
    text: 'writes a package, and runs scripts of the project',
    remember: 2,
  },
  build: builds,
  lint: lints,
  help: { ...shows, operands: 'text', options: [elsewhere] },
} as const satisfies Family

const python: Row = {
  ...installs,
  options: [
    {
      names: '--user --break-system-packages --target -t --prefix --root',
      text: 'installs outside the project',
      act: 'system',
      danger: true,
    },
    {
      names: '-i --index-url --extra-index-url --trusted-host -f --find-links --proxy',
      text: 'changes where packages come from',
      danger: true,
    },
  ],
}

export const packages: Family = {
  npm: {
    act: 'reads',
    text: 'shows its help',
    operands: 'text',
    category: 'system-info',
    sub: npmLike,
    globals: '--prefix -C --workspace -w --loglevel',
    options: [elsewhere, machineWide],
  },
  'pnpm yarn': {
    ...installs,
    runsProject: true,
    sub: {
      ...npmLike,
      'workspace workspaces': {
        act: 'runs',
        text: 'runs a command in parts of the project',
        remember: 0,
      },
    },
    globals: '--filter -F -C --dir --cwd --workspace',
    options: [elsewhere, machineWide],
  },
  bun: {
    act: 'runs',
    text: 'runs a program',
    remember: 0,
    special: 'inline-code',
    sub: {
      ...npmLike,
      'ls list ll la root bin prefix explain why licenses query': runsScript,
      fund: runsScript,
      pm: {
        ...shows,
        sub: {
          'ls bin cache hash hash-string hash-print whoami why': shows,
          'trust untrusted pack migrate pkg version': settings,
        },
      },
      upgrade: { act: 'system', text: 'replaces itself', danger: true },
      build: builds,
      repl: { act: 'runs', text: 'runs what is typed', remember: 0 },
    },
    options: [elsewhere],
  },
  'npx bunx pnpx uvx pipx': runsPackage,
  deno: {
    act: 'runs',
    text: 'runs a program',
    remember: 0,
    sub: {
      'test bench': tests,
      'check lint fmt doc types': lints,
      info: runsProject,
      'install add remove cache update outdated uninstall': { ...installs, options: [machineWide] },
      'run eval repl serve task compile jupyter x': {
        act: 'runs',
        text: 'runs a program',
        remember: 0,
      },
      'publish deploy upgrade': publishes,
    },
  },
  'pip pip3': {
    act: 'reads',
    text: 'shows its help',
    operands: 'text',
    category: 'system-info',
    sub: {
      'install download wheel': python,
      uninstall: { ...python, text: 'removes packages' },
      'list show freeze check inspect help debug': {
        ...shows,
        options: [
          { names: '--python --log --cert', text: 'runs a program or writes a file', danger: true },
        ],
      },
      'search index': asksHost,
      'config cache': settings,
    },
  },
  'uv poetry pdm hatch rye conda mamba micromamba pixi pipenv': {
    ...installs,
    sub: {
      'sync lock install add remove update upgrade pip venv tree export env create': python,
      run: {
        act: 'runs',
        text: 'runs a command in the environment of the project',
        special: 'package-run',
        remember: 0,
      },
      build: builds,
      test: tests,
      fmt: lints,
      'show check version list info': runsProject,
      'publish self config tool cache python auth': publishes,
    },
  },
  cargo: {
    act: 'reads',
    text: 'shows its help',
    operands: 'text',
    category: 'system-info',
    globals: '--color --config -Z --manifest-path -C',
    options: [
      { names: '--config -Z', text: 'changes settings that decide what cargo runs', danger: true },
    ],
    sub: {
      'test t nextest bench miri llvm-cov tarpaulin': tests,
      'build b check c doc d rustc rustdoc': builds,
      'clippy fmt': lints,
      'fetch add update vendor generate-lockfile remove rm': installs,
      'metadata tree pkgid verify-project read-manifest config': runsProject,
      'locate-project version help': shows,
      'run r': { act: 'runs', text: 'builds and runs a program', remember: 2 },
      'install uninstall': {
        act: 'system',
        text: 'installs programs for the person',
        danger: true,
      },
      'publish yank owner login logout': publishes,
      'search info': asksHost,
      'clean new init fix': { act: 'writes', text: 'changes files of the project', remember: 2 },
    },
  },
  rustup: {
    act: 'system',
    text: 'changes the toolchains of the person',
    remember: 0,
    sub: { 'show which doc': runsProject },
  },
  go: {
    act: 'reads',
    text: 'shows its help',
    operands: 'text',
    category: 'system-info',
    sub: {
      test: {
        ...tests,
        options: [
          {
            names: '-exec -toolexec -overlay -modfile -ldflags -gccgoflags -gcflags',
            text: 'runs a program',
            danger: true,
          },
        ],
      },
      'build install': {
        ...builds,
        options: [
          {
            names: '-toolexec -overlay -ldflags -gccgoflags -gcflags',
            text: 'runs a program',
            danger: true,
          },
        ],
      },
      'vet fmt': {
        ...lints,
        options: [{ names: '-vettool -toolexec', text: 'runs a program', danger: true }],
      },
      list: runsProject,
      'version doc help': {
        ...shows,
        options: [{ names: '-toolexec -overlay', text: 'runs a program', danger: true }],
      },
      env: {
        ...shows,
        options: [
          {
            names: '-w -u',
            text: 'changes settings that decide what go runs',
            act: 'writes',
            danger: true,
          },
        ],
      },
      'mod get work': installs,
      'run generate tool': { act: 'runs', text: 'runs a program', remember: 2 },
      'clean fix telemetry': { act: 'writes', text: 'changes files', remember: 2 },
    },
  },
  'bundle bundler': {
    ...installs,
    runsProject: true,
    sub: {
      'install update add remove lock check': installs,
      'show list info outdated': runsProject,
      exec: { act: 'runs', text: 'runs a command of a package', special: 'wrapper', remember: 0 },
      config: settings,
    },
  },
  gem: {
    act: 'system',
    text: 'installs packages for the person',
    danger: true,
    sub: {
      'list search which environment info specification': shows,
      'install uninstall update push yank owner signin build cleanup': publishes,
    },
  },
  composer: {
    ...installs,
    sub: {
      'install update require remove dump-autoload': { ...installs, options: [machineWide] },
      'show info validate licenses outdated': runsProject,
      'global config create-project exec': settings,
      test: tests,
      'run run-script': { act: 'runs', text: 'runs a script of the project', remember: 3 },
    },
  },
  'mvn gradle': {
    ...builds,
    runsProject: true,
    remember: 2,
    options: [{ names: '-I --init-script --project-prop', text: 'runs a script', danger: true }],
    sub: {
      'test verify check integration-test connectedCheck': tests,
      'compile package build assemble install clean classes jar': builds,
      'deploy publish release:perform': publishes,
      'dependency:tree dependencies tasks help projects properties': {
        act: 'runs',
        text: 'shows the project, and runs its build files',
        remember: 2,
      },
      'spotlessApply spotlessCheck spotless:apply spotless:check checkstyle:check ktlintCheck ktlintFormat':
        lints,
    },
  },
  dotnet: {
    ...builds,
    sub: {
      test: tests,
      'build publish pack msbuild': builds,
      'restore add remove': installs,
      format: lints,
      'nuget workload tool new': settings,
      'run exec watch': { act: 'runs', text: 'runs a program', remember: 2 },
      list: runsProject,
    },
  },
  'swift mix rebar3 stack cabal zig dub nimble sbt lein clj rake rails flutter dart': {
    act: 'runs',
    text: 'runs what the project tells it to',
    remember: 2,
    sub: {
      'test spec': tests,
      'build compile build-exe build-lib package': builds,
      'format fmt lint analyze credo': lints,
      'deps.get deps pub get resolve': installs,
      'hex.publish upload release publish': publishes,
    },
  },
  'nvm fnm volta asdf mise pyenv rbenv sdk corepack n direnv': {
    act: 'system',
    text: 'changes which versions of programs are used',
    remember: 0,
  },
  twine: publishes,
  'semantic-release lerna changeset np release-it goreleaser': publishes,
}
