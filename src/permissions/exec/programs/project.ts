/** Tools of a project: test runners, compilers, builders, linters, formatters. */
import type { Family, OptionRow, Row } from '../row.ts'

const tests: Row = {
  act: 'runs',
  text: 'runs the tests of the project',
  category: 'run-tests',
  remember: 1,
}
const builds: Row = {
  act: 'runs',
  text: 'builds the project',
  category: 'build-project',
  remember: 1,
}
const lints: Row = {
  act: 'runs',
  text: 'checks or formats files, by the settings of the project',
  category: 'lint-format',
  remember: 1,
}
const plugins: OptionRow = {
  names:
    '--rulesdir --resolve-plugins-relative-to --plugin --require -r --import --globalSetup --setupFiles --loader --experimental-loader',
  text: 'runs code of a file',
}

export const project: Family = {
  'jest vitest mocha ava tap jasmine karma cypress playwright pytest py.test nosetests nose2 tox nox rspec minitest phpunit pest ctest bats busted behat cucumber codecept testcafe qunit uvu c8 nyc wtr stryker coverage prove gotestsum ginkgo kaocha':
    { ...tests, options: [plugins] },
  'tsc vue-tsc svelte-check webpack rollup esbuild vite parcel turbo nx gulp grunt babel swc next nuxt astro remix ng cmake meson ninja bazel bazelisk buck scons gcc g++ cc c++ clang clang++ cl ld as rustc javac kotlinc scalac ghc ocamlc dune csc mcs gfortran nasm nvcc emcc xcodebuild msbuild mkdocs sphinx-build hugo jekyll docusaurus typedoc jsdoc doxygen protoc buf sass lessc postcss tailwindcss rsbuild tsup tsdown ant ranlib strip ccache sccache wasm-pack wasm-opt maturin pyinstaller cython latexmk pdflatex xelatex pandoc':
    builds,
  'eslint biome prettier stylelint oxlint xo standard tslint rome dprint ruff black isort flake8 pylint mypy pyright pyre autopep8 yapf bandit pydocstyle gofmt goimports golangci-lint staticcheck rustfmt shellcheck shfmt hadolint actionlint yamllint markdownlint markdownlint-cli2 jsonlint htmlhint rubocop standardrb erb_lint reek php-cs-fixer phpcs phpcbf phpstan psalm clang-format clang-tidy cppcheck ktlint detekt swiftlint swiftformat scalafmt ormolu hlint stylua luacheck tflint sqlfluff vale cspell codespell knip depcheck madge jscpd commitlint lint-staged pre-commit semgrep':
    { ...lints, options: [plugins] },
  'make gmake just task mage invoke': {
    act: 'runs',
    text: 'runs commands of the project',
    special: 'make',
    remember: 2,
    values: '-C -f --file --makefile -j -I -o -W --directory --jobs --justfile -d',
    options: [
      { names: '--eval -E', text: 'runs text that is given to it', danger: true },
      {
        names: '-f --file --makefile --justfile -C --directory -I --include-dir --shell',
        text: 'takes its commands from elsewhere',
        act: 'runs',
      },
    ],
  },
  'act earthly dagger skaffold tilt': {
    act: 'network',
    text: 'runs commands in containers',
    remember: 0,
  },
}
