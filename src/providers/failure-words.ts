/**
 * How hosts word the refusals that codi must tell apart. Every pattern is of a sentence or code that a real host
 * sends; when a new wording turns up, it is one more line here and one more line in the test.
 */

const contextOverflow = [
  /context[\s_-]?length/i,
  /context[\s_-]?window/i,
  /context[\s_-]?size/i,
  /maximum context/i,
  /prompt (is |was )?too (long|large)/i,
  /input (is |was )?too (long|large)/i,
  /(messages|conversation|request) (is |are )?too long/i,
  /too many (input |prompt |total )?tokens(?! per)/i,
  /(input|prompt|total|message) (token count|tokens|length)[^.]{0,60}exceed/i,
  /exceeds? (the )?(model'?s? )?(max(imum)?|limit|available|allowed)[^.]{0,40}(tokens|length|context|prompt|input)/i,
  /reduce the length of (the )?(messages|prompt|input)/i,
  /max(imum)? (allowed )?(prompt|input) (length|tokens|size)/i,
  /`?inputs`? tokens \+ `?max_new_tokens/i,
  /exceed_context_size|string_above_max_length/i,
  /too large for model with \d+ maximum/i,
  /maximum prompt length/i,
]

const modelMissing = [
  /model_not_found|model_not_available/i,
  /model[^\n]{0,120}?(does not|doesn't) exist/i,
  /model[^\n]{0,120}? not found/i,
  /not_found_error model:/i,
  /(no such|unknown|invalid|unsupported) model\b(?! ?_?(input|output|parameter))/i,
  /not a valid model/i,
  /no endpoints found for/i,
  /model[^\n]{0,80}? (is not|isn't) (available|supported|served|loaded)/i,
  /do(es)? not have access to (the )?model/i,
  /DeploymentNotFound/,
]

const outOfMoney = [
  /insufficient[\s_-]?(quota|balance|credits?|funds)/i,
  /exceeded your current quota/i,
  /credit balance is too low/i,
  /billing[\s_-]?(hard[\s_-]?limit|not active|error)/i,
  /payment required/i,
  /(requires|add) more credits/i,
  /out of credits/i,
  /arrears/i,
]

const refusedKey = [
  /invalid[\s_-]?(x-)?api[\s_-]?key/i,
  /api[\s_-]?key[^.]{0,20}(not valid|invalid|expired|missing|incorrect)/i,
  /incorrect api key/i,
  /authentication_error/i,
  /missing authentication/i,
]

export function isContextOverflow(text: string): boolean {
  return contextOverflow.some((pattern) => pattern.test(text)) && !/per minute|\bTPM\b/i.test(text)
}

export function isModelMissing(text: string): boolean {
  return modelMissing.some((pattern) => pattern.test(text))
}

export function isOutOfMoney(text: string): boolean {
  return outOfMoney.some((pattern) => pattern.test(text))
}

export function isRefusedKey(text: string): boolean {
  return refusedKey.some((pattern) => pattern.test(text))
}
