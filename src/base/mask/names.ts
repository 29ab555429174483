/** Which names say that their value is a secret: in code, in settings, in the environment. */

/** `api_key`, `signing-key`, `stripe_key`; a plain `key` is the other half of a pair of key and value. */
const keyWithOwner =
  /(?:api|app|access|account|auth|private|secret|sign(?:ing)?|(?:en|de)?crypt(?:ion)?|master|licen[cs]e|storage|service|deploy|session|shared|hmac|cipher|jwt|webhook|subscription|admin|server|ingest|consumer|client|personal|integration|ssh|gpg|pgp|vault|openai|anthropic|stripe|github|gitlab|google|gemini|azure|aws|mistral|groq|sendgrid|twilio|datadog|dd|algolia|mailgun|sentry|cohere|huggingface|hf|elastic|django|flask)[-_.]?keys?$/

/** What the value is called in its mark, by the word its name ends in. */
const nameEndings: readonly { kind: string; ending: RegExp }[] = [
  {
    kind: 'password',
    ending: /(?:passw(?:or)?d|passphrase|passcode|(?:^|[-_.])(?:pwd|pass|pw)|[a-z]{2}pwd)$/,
  },
  {
    kind: 'key',
    ending: keyWithOwner,
  },
  {
    kind: 'token',
    ending:
      /(?:token|(?:^|[-_.])jwt|(?:github|gitlab|gh|azure|ado|devops|personal|access|bot|ci)[-_.]pat)$/,
  },
  {
    kind: 'secret',
    ending:
      /(?:secrets?|key[-_]base|credentials?|authkey|mnemonic|seed[-_]?phrase|(?:^|[-_.])(?:cred|creds|auth|dsn|otp|totp))$/,
  },
]

/** Endings that mean something else after the secret word: `TOKEN_URL`, `password_min_length`. */
const laterPart =
  /[-_.]?(?:prod|production|dev|development|test|testing|staging|stage|live|local|qa|uat|ci|default|primary|secondary|main|backup|old|new|value|plain|text|str|string|b64|base64|hex|\d{1,3})$/

const notSecret =
  /(?:^|[-_.])(?:public|pub|publishable|anon|foreign|primary|partition|sort|hash|cache|idempotency|object|row|record|group|map|dict|index|sort|order|unique|composite|lookup|i18n|translation|locale|css|csrf|xsrf|next|previous|prev|page|continuation|cursor|sync|cancellation|cancel|abort|design|color|syntax|lex|parse|max|min|num|count|total|input|output|prompt|completion|cached|reasoning|stop|pad|bos|eos|sep|cls|mask|unk|special|hot|short|shortcut|registry|metric|config|setting|settings|property|header|param|env|message|error|label|alias|ssh[-_]?auth[-_]?sock|sub)[-_.]?(?:keys?|tokens?|pass|pat)$|compass$|bypass$|by[-_]?pass$|surpass$|monkey$|turkey$|whiskey$|hockey$|donkey$|journey$|tokens$|keys$|^key$|^pat$|^cookie$|^seed$|^salt$|^author$|^oauth$/

/** `password`, `token`, `key`, `secret`, or undefined where the name says nothing of the kind. */
export function secretKind(name: string): string | undefined {
  // `clientSecret`, `X-Api-Key` and `API_KEY` are the same words.
  let words = name
    .slice(-80)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/^[-_.$]+|[-_.]+$/g, '')
  for (let round = 0; round < 2; round++) words = words.replace(laterPart, '')
  if (words === '' || notSecret.test(words)) return undefined
  return nameEndings.find(({ ending }) => ending.test(words))?.kind
}

const variablePattern =
  /(?:^|_)(?:TOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|CREDENTIALS?|CREDS?|APIKEY|KEY|PAT|JWT|AUTH|COOKIE|DSN|SALT|SEED|MNEMONIC|AUTHORIZATION|AUTH_CONFIG|BEARER|CONNECTION_STRING|CONN_STR|SAS|WEBHOOK_URL|DATABASE_URL|DB_URL|REDIS_URL|MONGO(?:DB)?_UR[IL]|AMQP_URL)(?:_(?:PROD|PRODUCTION|DEV|TEST|STAGING|LIVE|LOCAL|CI|OLD|NEW|PRIMARY|SECONDARY|BASE64|B64|VALUE|ID|\d+))?$|(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_KEY|PRIVATE_KEY)(?:_|$)|(?:TOKEN|SECRET|PASSWORD|APIKEY)$/
const notVariable =
  /^(?:PWD|OLDPWD|KEY|AUTH|SEED|SSH_AUTH_SOCK|XAUTHORITY|TOKEN_TYPE)$|(?:_|^)(?:PUBLIC|PUB|PUBLISHABLE|ANON)_KEY$|_(?:TYPE|FILE|PATH|DIR|URL|URI|HOST|NAME|LENGTH|SIZE|LIMIT|TTL|EXPIRY|EXPIRES|EXPIRES_IN|TIMEOUT|ENABLED|HEADER|ALGORITHM|PREFIX|USER|USERNAME|SOCK)$/

/** Whether a variable of the environment holds a secret, by its name. */
export function isSecretVariable(name: string): boolean {
  const upper = name.toUpperCase()
  if (
    /_(?:WEBHOOK|DATABASE|DB|REDIS|AMQP|MONGO(?:DB)?)_UR[IL]$|^(?:DATABASE|REDIS|AMQP|MONGO(?:DB)?|WEBHOOK)_UR[IL]$/.test(
      upper,
    )
  )
    return true
  return variablePattern.test(upper) && !notVariable.test(upper)
}
