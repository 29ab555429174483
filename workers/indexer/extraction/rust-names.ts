/** Names of Rust that a query cannot take apart: types with their generics, trees of `use`, lists of `derive`. */

/** `Vec<T>` -> `Vec`, `&'a mut foo::Bar<T>` -> `Bar`. */
export function rustTypeName(text: string): string {
  const plain = text.replace(/<.*$/s, '').replace(/^(?:&|\*|'\w+|mut\b|const\b|dyn\b|\s)+/, '')
  const name = plain.slice(plain.lastIndexOf(':') + 1).trim()
  return /^\w+$/.test(name) ? name : ''
}

/** `#[derive(Clone, serde::Serialize)]` -> `Clone`, `Serialize`. */
export function derivedTraits(attributes: string): string[] {
  return [...attributes.matchAll(/\bderive\s*\(([^)]*)\)/g)]
    .flatMap((match) => (match[1] ?? '').split(','))
    .map((path) => path.slice(path.lastIndexOf(':') + 1).trim())
    .filter((name) => /^\w+$/.test(name))
}

/** `a::{b, c as d, e::{f, self}}` as `a::b`, `a::c`, `a::e::f`, `a::e`, each with the name it brings. */
export function expandRustUse(
  specifier: string,
  given: string[],
): { specifier: string; names: string[] }[] {
  const paths: { specifier: string; names: string[] }[] = []
  const prefixes: string[] = []
  let part = ''
  const finish = () => {
    const [path = '', alias] = part.trim().split(/\s+as\s+/)
    part = ''
    if (path === '') return
    const full = `${prefixes.join('')}${path}`.replace(/::self$/, '')
    const name = full.slice(full.lastIndexOf(':') + 1)
    paths.push({
      specifier: full,
      names: given.length > 0 ? given : [alias && alias !== name ? `${name}=${alias}` : name],
    })
  }
  for (const char of specifier.replace(/\s+/g, ' ')) {
    if (char === '{') {
      prefixes.push(part.trim())
      part = ''
    } else if (char === ',' || char === '}') {
      finish()
      if (char === '}') prefixes.pop()
    } else part += char
  }
  finish()
  return paths
}
