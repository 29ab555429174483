/**
 * C and C++ that no grammar can read before the preprocessor has run, made readable: what is taken away becomes spaces,
 * so every place stays what it is.
 */

/** `class EXPORT Name {`: the macro between the word and the name. */
const beforeTypeName =
  /\b((?:class|struct|union|enum(?:\s+class)?)\s+)([A-Z][A-Z0-9_]{2,}(?:\s*\([^()]*\))?)(?=\s+[A-Za-z_][\w:]*(?:<[^<>;{}]*>)?\s*(?:final\s*)?(?:[:{]|$))/gm
/** `EXTERN(int) name(…)`: the brackets around a return type. */
const aroundType =
  /\b([A-Z][A-Z0-9_]*(?:EXPORT|API|DECL|EXTERN|GLOBAL|PUBLIC)[A-Z0-9_]*\s*\()([A-Za-z_][\w\s]*\**\s*)\)/g
/** `LIB_API int name(…)`: a word of linkage at the head of a declaration. */
const linkage =
  /^([ \t]*(?:(?:static|extern|inline|virtual)\s+)*)([A-Z][A-Z0-9_]*(?:API|EXPORT|EXPORTS|DECL|EXTERN|INLINE|PUBLIC|IMPORT)[A-Z0-9_]*)(?=\s+[A-Za-z_])/gm
/**
 * `__BEGIN_DECLS`, `Q_OBJECT`, `NAMESPACE_BEGIN(x)` on a line of their own; not the last name of an enum, and not the
 * line that ends a definition of a macro.
 */
const alone = /(?<!\\\r?\n)^[ \t]*_*[A-Z][A-Z0-9_]{3,}(?:\([^()\n]*\))?[ \t]*$(?!\s*[},])/gm
/** `) NOEXCEPT {`, `) __THROW __nonnull ((1));`: words between the parameters and the body or the end. */
const afterParameters =
  /(\)(?:\s*(?:const|volatile|noexcept|override|final)\b){0,4})(\s*(?:[A-Z][A-Z0-9_]{3,}|__\w+(?:\s*\(\([^()]*\)\)|\s*\([^()]*\))?)(?:\s+(?:[A-Z][A-Z0-9_]{3,}|__\w+(?:\s*\(\([^()]*\)\)|\s*\([^()]*\))?)){0,5})(?=\s*[;{])/g

/** Without the macros that stand where the grammar expects none. */
export function withoutMacros(text: string): string {
  return text
    .replace(alone, spaces)
    .replace(beforeTypeName, (_, word: string, macro: string) => word + spaces(macro))
    .replace(aroundType, (_, head: string, type: string) => `${spaces(head)}${type} `)
    .replace(linkage, (_, head: string, macro: string) => head + spaces(macro))
    .replace(afterParameters, (_, head: string, words: string) => head + spaces(words))
}

/** Without conditional directives and without all branches but the first. */
export function withoutBranches(text: string): string {
  let skipped = 0
  const depths: boolean[] = []
  return text
    .split('\n')
    .map((line) => {
      const directive = /^\s*#\s*(ifdef|ifndef|if|elif|else|endif)\b/.exec(line)?.[1]
      if (directive === undefined) return skipped > 0 ? spaces(line) : line
      if (directive.startsWith('if')) depths.push(false)
      else if (directive === 'endif') {
        if (depths.pop()) skipped--
      } else if (depths.at(-1) === false) {
        depths[depths.length - 1] = true
        skipped++
      }
      return spaces(line)
    })
    .join('\n')
}

function spaces(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
