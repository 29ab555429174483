/**
 * The language servers that codi knows, one row each; a further one is a further row. Where several rows know a kind
 * of file, the first that is there is used.
 */
import type { JsonObject } from '../../src/base/json.ts'

export interface ServerRow {
  id: string
  /** File extension (or whole file name) to the language id of the protocol. */
  languages: Record<string, string>
  /** Tried in order: in the project first, then on PATH. */
  commands: [program: string, ...args: string[]][]
  /** How to get it, for people and models. */
  install: string
  /** The server's root is the nearest (or outermost) directory with one of these names, or endings, else the workspace. */
  root?: { markers?: string[]; endings?: string[]; pick: 'nearest' | 'outermost' }
  /** Only for projects that have one of these in the directory of the file or above. */
  needs?: string[]
  /** A file of the project that the server runs by itself. */
  runs?: string
  /** Answers to `workspace/configuration`. */
  settings?: JsonObject
  initialization?: JsonObject
  /** How the server is asked, where neither push nor pull tells when its answer is complete. */
  ask?: 'tsserver'
  /** It answers only for files that are open: those that mention a name are opened before it is asked about that name. */
  openFilesOnly?: true
  /** It tells nothing of its first reading of the project but this log message at its end. */
  readMessage?: RegExp
  /** Quiet time after which pushed diagnostics count as complete; most servers push once for a version. */
  settleMs?: number
}

const typescript = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
  '.tsx': 'typescriptreact',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.jsx': 'javascriptreact',
}

const python = { '.py': 'python', '.pyi': 'python' }
const pythonRoot: ServerRow['root'] = {
  markers: ['pyrightconfig.json', 'pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'],
  pick: 'nearest',
}

const pyrightRead = /^(Found \d+ source files?|No source files found)/

const kotlin = { '.kt': 'kotlin', '.kts': 'kotlin' }
const gradleRoot: ServerRow['root'] = {
  markers: ['settings.gradle', 'settings.gradle.kts', 'build.gradle.kts', 'pom.xml'],
  pick: 'outermost',
}

const dotnetRoot: ServerRow['root'] = { endings: ['.sln', '.slnx', '.csproj'], pick: 'outermost' }

export const servers: readonly ServerRow[] = [
  {
    id: 'deno',
    languages: typescript,
    commands: [['deno', 'lsp']],
    needs: ['deno.json', 'deno.jsonc'],
    root: { markers: ['deno.json', 'deno.jsonc'], pick: 'nearest' },
    settings: { deno: { enable: true } },
    initialization: { enable: true },
    install: 'see https://deno.com for deno, whose compiler is the server',
  },
  {
    id: 'typescript-native',
    languages: typescript,
    commands: [['tsc', '--lsp', '--stdio']],
    // TypeScript 7 and later, whose compiler is the server.
    needs: ['node_modules/typescript/lib/getExePath.js'],
    runs: 'node_modules/typescript/lib/getExePath.js',
    install: 'npm install --save-dev typescript',
  },
  {
    id: 'typescript',
    languages: typescript,
    commands: [['typescript-language-server', '--stdio']],
    install: 'npm install -g typescript-language-server typescript',
    ask: 'tsserver',
    // One server that knows the types answers everything; a second one would answer sooner and wrong. No types of
    // others are downloaded.
    initialization: {
      disableAutomaticTypingAcquisition: true,
      tsserver: { useSyntaxServer: 'never' },
    },
    runs: 'node_modules/typescript/lib/tsserver.js',
  },
  {
    id: 'vtsls',
    languages: typescript,
    commands: [['vtsls', '--stdio']],
    settleMs: 500,
    runs: 'node_modules/typescript/lib/tsserver.js',
    install: 'npm install -g @vtsls/language-server',
  },
  {
    id: 'pyright',
    languages: python,
    commands: [['pyright-langserver', '--stdio']],
    root: pythonRoot,
    settings: { python: { analysis: { diagnosticMode: 'openFilesOnly', autoSearchPaths: true } } },
    readMessage: pyrightRead,
    install: 'npm install -g pyright',
  },
  {
    id: 'basedpyright',
    languages: python,
    commands: [['basedpyright-langserver', '--stdio']],
    root: pythonRoot,
    settings: { basedpyright: { analysis: { diagnosticMode: 'openFilesOnly' } } },
    readMessage: pyrightRead,
    install: 'npm install -g basedpyright, or pip install basedpyright',
  },
  {
    id: 'pylsp',
    languages: python,
    commands: [['pylsp']],
    root: pythonRoot,
    settleMs: 500,
    install: 'pip install python-lsp-server',
  },
  {
    id: 'jedi',
    languages: python,
    commands: [['jedi-language-server']],
    root: pythonRoot,
    settleMs: 500,
    install: 'pip install jedi-language-server',
  },
  {
    id: 'ruff',
    languages: python,
    commands: [['ruff', 'server']],
    root: pythonRoot,
    install: 'pip install ruff',
  },
  {
    id: 'gopls',
    languages: { '.go': 'go', 'go.mod': 'go.mod', 'go.work': 'go.work' },
    commands: [['gopls']],
    root: { markers: ['go.work', 'go.mod'], pick: 'nearest' },
    settleMs: 400,
    install: 'go install golang.org/x/tools/gopls@latest',
  },
  {
    id: 'rust-analyzer',
    languages: { '.rs': 'rust' },
    commands: [['rust-analyzer']],
    root: { markers: ['Cargo.toml'], pick: 'outermost' },
    settleMs: 800,
    install: 'rustup component add rust-analyzer',
  },
  {
    id: 'clangd',
    languages: {
      '.c': 'c',
      '.h': 'c',
      '.cc': 'cpp',
      '.cpp': 'cpp',
      '.cxx': 'cpp',
      '.hh': 'cpp',
      '.hpp': 'cpp',
      '.hxx': 'cpp',
      '.m': 'objective-c',
      '.mm': 'objective-cpp',
    },
    // Its own index of the project would be written into the project.
    commands: [['clangd', '--background-index=false']],
    openFilesOnly: true,
    install: 'install clangd with the package manager of the system (Debian: apt install clangd)',
  },
  {
    id: 'bash',
    languages: { '.sh': 'shellscript', '.bash': 'shellscript', '.ksh': 'shellscript' },
    commands: [['bash-language-server', 'start']],
    settings: { bashIde: { shellcheckPath: 'shellcheck', backgroundAnalysisMaxFiles: 0 } },
    install: 'npm install -g bash-language-server, and install shellcheck',
  },
  {
    id: 'json',
    languages: { '.json': 'json', '.jsonc': 'jsonc' },
    commands: [['vscode-json-language-server', '--stdio']],
    settings: { json: { validate: { enable: true } }, http: {} },
    initialization: { provideFormatter: false },
    install: 'npm install -g vscode-langservers-extracted',
  },
  {
    id: 'css',
    languages: { '.css': 'css', '.scss': 'scss', '.less': 'less' },
    commands: [['vscode-css-language-server', '--stdio']],
    settings: {
      css: { validate: true },
      scss: { validate: true },
      less: { validate: true },
    },
    install: 'npm install -g vscode-langservers-extracted',
  },
  {
    id: 'html',
    languages: { '.html': 'html', '.htm': 'html' },
    commands: [['vscode-html-language-server', '--stdio']],
    settings: { html: { validate: { scripts: true, styles: true } }, css: {}, javascript: {} },
    install: 'npm install -g vscode-langservers-extracted',
  },
  {
    id: 'yaml',
    languages: { '.yaml': 'yaml', '.yml': 'yaml' },
    commands: [['yaml-language-server', '--stdio']],
    settings: { yaml: { validate: true, schemaStore: { enable: false } } },
    install: 'npm install -g yaml-language-server',
  },
  {
    id: 'dockerfile',
    languages: {
      '.dockerfile': 'dockerfile',
      Dockerfile: 'dockerfile',
      Containerfile: 'dockerfile',
    },
    commands: [['docker-langserver', '--stdio']],
    install: 'npm install -g dockerfile-language-server-nodejs',
  },
  {
    id: 'lua',
    languages: { '.lua': 'lua' },
    commands: [['lua-language-server']],
    root: { markers: ['.luarc.json', '.luarc.jsonc'], pick: 'nearest' },
    settleMs: 500,
    install: 'see https://luals.github.io for lua-language-server',
  },
  {
    id: 'ruby-lsp',
    languages: { '.rb': 'ruby', '.rake': 'ruby', Gemfile: 'ruby' },
    commands: [['ruby-lsp']],
    root: { markers: ['Gemfile'], pick: 'nearest' },
    install: 'gem install ruby-lsp',
  },
  {
    id: 'solargraph',
    languages: { '.rb': 'ruby', '.rake': 'ruby', Gemfile: 'ruby' },
    commands: [['solargraph', 'stdio']],
    root: { markers: ['Gemfile'], pick: 'nearest' },
    settings: { solargraph: { diagnostics: true } },
    settleMs: 500,
    install: 'gem install solargraph',
  },
  {
    id: 'jdtls',
    languages: { '.java': 'java' },
    commands: [['jdtls']],
    root: { markers: ['pom.xml', 'build.gradle', 'build.gradle.kts'], pick: 'outermost' },
    settleMs: 1000,
    install: 'see https://github.com/eclipse-jdtls/eclipse.jdt.ls for jdtls',
  },
  {
    id: 'intelephense',
    languages: { '.php': 'php' },
    commands: [['intelephense', '--stdio']],
    root: { markers: ['composer.json'], pick: 'nearest' },
    settleMs: 500,
    install: 'npm install -g intelephense',
  },
  {
    id: 'phpactor',
    languages: { '.php': 'php' },
    commands: [['phpactor', 'language-server']],
    root: { markers: ['composer.json'], pick: 'nearest' },
    settleMs: 1000,
    install: 'see https://phpactor.readthedocs.io for phpactor',
  },
  {
    id: 'svelte',
    languages: { '.svelte': 'svelte' },
    commands: [['svelteserver', '--stdio']],
    settleMs: 500,
    runs: 'node_modules/svelte/compiler/index.js',
    install: 'npm install -g svelte-language-server',
  },
  {
    id: 'csharp-ls',
    languages: { '.cs': 'csharp' },
    commands: [['csharp-ls']],
    root: dotnetRoot,
    settleMs: 1000,
    install: 'dotnet tool install --global csharp-ls',
  },
  {
    id: 'omnisharp',
    languages: { '.cs': 'csharp' },
    commands: [
      ['OmniSharp', '-lsp'],
      ['omnisharp', '-lsp'],
    ],
    root: dotnetRoot,
    settleMs: 1000,
    install: 'see https://github.com/OmniSharp/omnisharp-roslyn for OmniSharp',
  },
  {
    id: 'fsautocomplete',
    languages: { '.fs': 'fsharp', '.fsi': 'fsharp', '.fsx': 'fsharp' },
    commands: [['fsautocomplete']],
    root: { endings: ['.sln', '.fsproj'], pick: 'outermost' },
    initialization: { AutomaticWorkspaceInit: true },
    settleMs: 1000,
    install: 'dotnet tool install --global fsautocomplete',
  },
  {
    id: 'kotlin-lsp',
    languages: kotlin,
    commands: [['kotlin-lsp', '--stdio']],
    root: gradleRoot,
    settleMs: 1000,
    install: 'see https://github.com/Kotlin/kotlin-lsp for kotlin-lsp',
  },
  {
    id: 'kotlin-language-server',
    languages: kotlin,
    commands: [['kotlin-language-server']],
    root: gradleRoot,
    settleMs: 1000,
    install: 'see https://github.com/fwcd/kotlin-language-server',
  },
  {
    id: 'metals',
    languages: { '.scala': 'scala', '.sc': 'scala', '.sbt': 'scala' },
    commands: [['metals']],
    root: { markers: ['build.sbt', 'build.sc', 'build.mill'], pick: 'outermost' },
    settleMs: 1000,
    install: 'cs install metals (https://get-coursier.io)',
  },
  {
    id: 'sourcekit-lsp',
    languages: { '.swift': 'swift' },
    commands: [['sourcekit-lsp']],
    root: { markers: ['Package.swift'], pick: 'outermost' },
    settleMs: 500,
    install: 'it comes with Swift: https://www.swift.org/install',
  },
  {
    id: 'dart',
    languages: { '.dart': 'dart' },
    commands: [['dart', 'language-server', '--protocol=lsp']],
    root: { markers: ['pubspec.yaml'], pick: 'nearest' },
    settleMs: 500,
    install: 'it comes with Dart: https://dart.dev/get-dart',
  },
  {
    id: 'terraform-ls',
    languages: { '.tf': 'terraform', '.tfvars': 'terraform-vars' },
    commands: [['terraform-ls', 'serve']],
    root: { markers: ['.terraform'], pick: 'nearest' },
    settleMs: 500,
    install: 'see https://github.com/hashicorp/terraform-ls',
  },
  {
    id: 'elixir-ls',
    languages: { '.ex': 'elixir', '.exs': 'elixir', '.heex': 'phoenix-heex' },
    commands: [['elixir-ls'], ['language_server.sh']],
    root: { markers: ['mix.exs'], pick: 'outermost' },
    settleMs: 1000,
    install: 'see https://github.com/elixir-lsp/elixir-ls',
  },
  {
    id: 'erlang',
    languages: { '.erl': 'erlang', '.hrl': 'erlang' },
    commands: [['elp', 'server'], ['erlang_ls']],
    root: { markers: ['rebar.config', 'erlang.mk'], pick: 'outermost' },
    settleMs: 500,
    install: 'see https://github.com/WhatsApp/erlang-language-platform for elp',
  },
  {
    id: 'gleam',
    languages: { '.gleam': 'gleam' },
    commands: [['gleam', 'lsp']],
    root: { markers: ['gleam.toml'], pick: 'nearest' },
    install: 'it comes with Gleam: https://gleam.run',
  },
  {
    id: 'haskell',
    languages: { '.hs': 'haskell', '.lhs': 'literate haskell' },
    commands: [['haskell-language-server-wrapper', '--lsp']],
    root: {
      markers: ['cabal.project', 'stack.yaml', 'package.yaml', 'hie.yaml'],
      pick: 'outermost',
    },
    settleMs: 1000,
    install: 'ghcup install hls',
  },
  {
    id: 'ocaml',
    languages: { '.ml': 'ocaml', '.mli': 'ocaml.interface' },
    commands: [['ocamllsp']],
    root: { markers: ['dune-project', 'dune-workspace'], pick: 'outermost' },
    install: 'opam install ocaml-lsp-server',
  },
  {
    id: 'clojure',
    languages: { '.clj': 'clojure', '.cljs': 'clojure', '.cljc': 'clojure', '.edn': 'clojure' },
    commands: [['clojure-lsp']],
    root: { markers: ['deps.edn', 'project.clj', 'shadow-cljs.edn'], pick: 'outermost' },
    settleMs: 500,
    install: 'see https://clojure-lsp.io/installation',
  },
  {
    id: 'nil',
    languages: { '.nix': 'nix' },
    commands: [['nil'], ['nixd']],
    root: { markers: ['flake.nix'], pick: 'nearest' },
    install: 'nix profile install nixpkgs#nil',
  },
  {
    id: 'taplo',
    languages: { '.toml': 'toml' },
    commands: [['taplo', 'lsp', 'stdio']],
    install: 'cargo install taplo-cli --features lsp',
  },
  {
    id: 'fortran',
    languages: { '.f90': 'fortran', '.f95': 'fortran', '.f03': 'fortran', '.f08': 'fortran' },
    commands: [['fortls']],
    install: 'pip install fortls',
  },
  {
    id: 'zls',
    languages: { '.zig': 'zig' },
    commands: [['zls']],
    root: { markers: ['build.zig'], pick: 'outermost' },
    install: 'install zls of the same version as zig',
  },
]
