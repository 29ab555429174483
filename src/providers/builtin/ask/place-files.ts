/** What a file's path says of how much its content is the project's own. */

/** Code of others that is kept in the repository, and code that only shows how it is used. */
export function isForeign(path: string): boolean {
  return /(^|\/)(_?vendor(ed)?|third[_-]?party|node_modules|deps|_?examples?|samples?|demos?|mocks?)\/|(^|\/)(mock|mocks|fake|fakes)\.\w+$/i.test(
    path,
  )
}
