/** Which variables a command inherits. */
import { expect, test } from 'bun:test'
import { isSecretName, scrubEnvironment } from '../../../../workers/sandbox/confine/environment.ts'

const scrub = (outer: Record<string, string>, keep: string[] = [], confined = true) =>
  Object.keys(scrubEnvironment(outer, { keep, confined })).sort()

test('names of secrets are known, names that only look like them are not', () => {
  const secret = [
    ...['OPENAI_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN', 'NPM_TOKEN'],
    ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'],
    ...['DB_PASSWORD', 'PGPASSWORD', 'MYSQL_PWD', 'CODI_PASSPHRASE', 'SSH_PASS', 'AZURE_PAT'],
    ...['GOOGLE_APPLICATION_CREDENTIALS', 'CLIENT_SECRET', 'npm_config__auth', 'SENTRY_DSN'],
    ...[
      'SLACK_WEBHOOK_URL',
      'JWT_PRIVATE',
      'STRIPE_SK',
      'HF_HUB',
      'SESSION_COOKIE',
      'GIT_CONFIG_VALUE_0',
    ],
  ]
  const plain = [
    ...['PATH', 'HOME', 'LANG', 'TERM', 'COLORTERM', 'SHELL', 'USER', 'PWD', 'OLDPWD', 'EDITOR'],
    ...['KEYBOARD_LAYOUT', 'XDG_SESSION_ID', 'NODE_OPTIONS', 'CI', 'VIRTUAL_ENV', 'GOPRIVATE'],
    ...['CODI_COMMAND_ID', 'JAVA_HOME', 'COMPASS', 'PASSENGER_ROOT', 'AUTHOR', 'KEYTIMEOUT'],
  ]
  expect(secret.filter((name) => !isSecretName(name))).toEqual([])
  expect(plain.filter(isSecretName)).toEqual([])
})

test('a value with a password in a URL is a secret under any name', () => {
  const outer = {
    DATABASE_URL: 'postgres://me:hunter2@db.example/app',
    PLAIN_URL: 'https://example.org:8080/path@2',
    REDIS: 'redis://:pw@host:6379/0',
  }
  expect(scrub(outer)).toEqual(['PLAIN_URL'])
})

test('what leads out of the sandbox, to agents, and into git is taken only from confined commands', () => {
  const outer = {
    SSH_AUTH_SOCK: '/run/agent',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1/bus',
    DISPLAY: ':0',
    GNOME_KEYRING_CONTROL: '/run/keyring',
    GIT_CONFIG_GLOBAL: '/evil',
    GIT_SSH_COMMAND: 'evil',
    LD_PRELOAD: '/evil.so',
    BASH_ENV: '/evil.sh',
    GIT_AUTHOR_NAME: 'me',
  }
  expect(scrub(outer)).toEqual(['GIT_AUTHOR_NAME'])
  expect(scrub(outer, [], false)).toEqual(Object.keys(outer).sort())
})

test('what the person wants kept is kept', () => {
  expect(scrub({ NPM_TOKEN: 't', GH_TOKEN: 'g' }, ['NPM_TOKEN'])).toEqual(['NPM_TOKEN'])
})
