/** What an import makes known in its file: names of the target under names of this file. Read from `imports.names`. */

export interface Binding {
  /** In the target: a name, `default`, or `*` for the module itself. */
  name: string
  /** In this file; '' where everything of the target is seen unqualified. */
  local: string
}

/** Languages that speak of each other's names as their own. */
export function familyOf(language: string): string {
  return ecmaLanguages.has(language) ? 'ecma' : language
}

const ecmaLanguages: ReadonlySet<string> = new Set(['typescript', 'tsx', 'javascript'])

export function bindingsOf(language: string, specifier: string, names: string): Binding[] {
  const family = familyOf(language)
  if (names === '') return [bareBinding(family, specifier)]
  return names
    .split(' ')
    .filter((text) => text !== '')
    .map((text) => {
      const cut = text.indexOf('=')
      if (cut >= 0) return { name: text.slice(0, cut), local: text.slice(cut + 1) }
      if (text === '*') return { name: '*', local: '' }
      return { name: text, local: text }
    })
}

/** An import that names nothing: of a module by its last word in some languages, of all there is in the others. */
function bareBinding(family: string, specifier: string): Binding {
  const last = specifier.split(/[./\\:]/).at(-1) ?? ''
  switch (family) {
    case 'go':
      return { name: '*', local: goPackageName(specifier) }
    case 'python':
      return { name: '*', local: specifier }
    case 'java':
    case 'php':
      return last === '*' || /^\p{Ll}/u.test(last)
        ? { name: '*', local: '' }
        : { name: last, local: last }
    default:
      return { name: '*', local: '' }
  }
}

/** `example.org/bank/v2` is `bank`; `gopkg.in/yaml.v3` is `yaml`. */
function goPackageName(specifier: string): string {
  const parts = specifier.split('/')
  const last = parts.at(-1) ?? ''
  const name = /^v\d+$/.test(last) ? (parts.at(-2) ?? last) : last
  return name.replace(/\.v\d+$/, '').replace(/^go-/, '')
}
