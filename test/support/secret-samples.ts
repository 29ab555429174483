/**
 * Secrets of every shape, made when they are asked for, so that no scanner of repositories finds one in a file. In a
 * template `{A36}` is 36 letters and digits, `{h32}` hex, `{U16}` capitals and digits, `{l20}` small letters and digits,
 * `{w40}` letters, digits, `_` and `-`, `{d10}` digits, `{B40}` base64.
 */

const alphabets: Readonly<Record<string, string>> = {
  A: 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789',
  h: '0123456789abcdef',
  U: 'ABCDEFGHJKLMNPQRSTUVWXYZ234567',
  l: 'abcdefghijkmnopqrstuvwxyz23456789',
  w: 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789_-',
  d: '123456789',
  B: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
}

/** The same secret for the same template and seed. */
export function makeSecret(template: string, seed = 1): string {
  let state = seed * 2654435761 + template.length
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0
    return state
  }
  return template.replace(/\{([A-Za-z])(\d+)\}/g, (_, kind: string, count: string) => {
    const alphabet = alphabets[kind] ?? ''
    const chars = Array.from({ length: Number(count) }, () => alphabet[next() % alphabet.length])
    // Whatever chance says, a key has letters and digits, and no marks at its ends.
    if (kind !== 'd' && chars.length > 3)
      chars.splice(0, 3, ...(kind === 'h' ? 'a7c' : kind === 'U' ? 'Q7K' : 'q7k'))
    if (kind === 'A' || kind === 'w' || kind === 'B') chars[1] = 'T'
    if (kind === 'A' || kind === 'w' || kind === 'B') chars[2] = '4'
    if (chars.length > 1) chars[chars.length - 1] = kind === 'd' ? '7' : kind === 'U' ? 'Z' : '3'
    return chars.join('')
  })
}

export interface ShapeSample {
  name: string
  template: string
}

const shapes: Readonly<Record<string, readonly string[]>> = {
  'Anthropic key': ['sk-ant-api03-{w93}', 'sk-ant-admin01-{w60}', 'sk-ant-oat01-{w80}'],
  'OpenAI key': ['sk-{A48}', 'sk-proj-{w120}', 'sk-svcacct-{w100}', 'sk-admin-{w80}'],
  'OpenRouter key': ['sk-or-v1-{h64}'],
  'Groq key': ['gsk_{A52}'],
  'xAI key': ['xai-{A80}'],
  'Perplexity key': ['pplx-{A48}'],
  'Replicate token': ['r8_{A37}'],
  'Hugging Face token': ['hf_{A34}', 'api_org_{A34}'],
  'NVIDIA key': ['nvapi-{w64}'],
  'Together key': ['tgp_v1_{w43}'],
  'LangSmith key': ['lsv2_pt_{h32}_{h10}'],
  'Tavily key': ['tvly-dev-{A32}'],
  'Pinecone key': ['pcsk_{A5}_{A60}'],
  'AWS access key': ['AKIA{U16}', 'ASIA{U16}'],
  'AWS session token': ['IQoJb3JpZ2lu{B200}'],
  'Google API key': ['AIza{w35}'],
  'Google access token': ['ya29.{w120}'],
  'Google client secret': ['GOCSPX-{w28}'],
  'DigitalOcean token': ['dop_v1_{h64}'],
  'Cloudflare token': ['cfut_{A40}'],
  'Fly.io token': ['fm2_{B80}'],
  'Vercel token': ['vcp_{A56}'],
  'Netlify token': ['nfp_{A36}'],
  'Supabase key': ['sbp_{h40}', 'sb_secret_{w31}'],
  'PlanetScale token': ['pscale_tkn_{w43}'],
  'Databricks token': ['dapi{h32}'],
  'Alibaba access key': ['LTAI{A20}'],
  'Tailscale key': ['tskey-auth-{A12}-{A32}'],
  'Terraform Cloud token': ['{A14}.atlasv1.{w67}'],
  'Vault token': ['hvs.{w90}', 'hvb.{w100}'],
  'Pulumi token': ['pul-{h40}'],
  'Doppler token': ['dp.pt.{A43}', 'dp.st.dev.{A43}'],
  '1Password service token': ['ops_eyJ{A250}'],
  'OpenShift token': ['sha256~{w43}'],
  'Dynatrace token': ['dt0c01.{U24}.{U64}'],
  'GitHub token': [
    'ghp_{A36}',
    'gho_{A36}',
    'ghs_{A36}',
    'ghu_{A36}',
    'ghr_{A76}',
    'github_pat_{A22}_{A59}',
  ],
  'GitLab token': ['glpat-{w20}', 'glrt-{w20}', 'gldt-{w20}', 'glptt-{h40}'],
  'Atlassian token': ['ATATT3{w180}'],
  'Bitbucket app password': ['ATBB{A32}'],
  'npm token': ['npm_{A36}'],
  'PyPI token': ['pypi-AgEIcHlwaS5vcmc{w120}'],
  'RubyGems key': ['rubygems_{h48}'],
  'crates.io token': ['cio{A32}'],
  'Docker token': ['dckr_pat_{w27}'],
  'JFrog key': ['AKCp{A69}'],
  'Sourcegraph token': ['sgp_{h40}'],
  'Buildkite token': ['bkua_{h40}'],
  'SonarQube token': ['squ_{h40}'],
  'Slack token': ['xoxb-{d12}-{d12}-{A24}', 'xoxp-{d12}-{d12}-{d12}-{h32}'],
  'Slack app token': ['xapp-1-{U11}-{d13}-{h64}'],
  'Telegram bot token': ['{d10}:AA{w33}'],
  'Twilio key': ['SK{h32}'],
  'SendGrid key': ['SG.{w22}.{w43}'],
  'Mailgun key': ['key-{h32}'],
  'Mailchimp key': ['{h32}-us12'],
  'Brevo key': ['xkeysib-{h64}-{A16}'],
  'Resend key': ['re_{A8}_{A24}'],
  'Stripe key': ['sk_live_{A24}', 'rk_live_{A99}', 'sk_test_{A24}'],
  'Stripe webhook secret': ['whsec_{A32}'],
  'Shopify token': ['shpat_{h32}', 'shpss_{h32}'],
  'Square token': ['sq0atp-{w22}', 'sq0csp-{w43}'],
  'Plaid token': ['access-production-{h8}-{h4}-{h4}-{h4}-{h12}'],
  'New Relic key': ['NRAK-{U27}'],
  'Sentry token': ['sntrys_{A80}'],
  'Grafana token': ['glsa_{A32}_{h8}'],
  'PostHog key': ['phx_{A43}'],
  'Linear key': ['lin_api_{A40}'],
  'Notion token': ['ntn_{A46}', 'secret_{A43}'],
  'Figma token': ['figd_{w40}'],
  'Postman key': ['PMAK-{h24}-{h34}'],
  'Airtable token': ['pat{A14}.{h64}'],
  'HubSpot token': ['pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}'],
  'Contentful token': ['CFPAT-{w43}'],
  'JSON web token': ['eyJ{A30}.eyJ{A80}.{w43}'],
  'age key': ['AGE-SECRET-KEY-1{U58}'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of its own
  'password hash': ['$2b$12${A53}', '$6${A8}${A86}'],
}

export const shapeSamples: readonly ShapeSample[] = Object.entries(shapes).flatMap(
  ([name, templates]) => templates.map((template) => ({ name, template })),
)

/** Values that only what stands round them gives away; `§` marks where the secret begins and ends. */
export const contextTemplates: readonly string[] = [
  'password = "§{A14}§"',
  "password: '§{A14}§',",
  'const apiKey = "§{A32}§"',
  'api_key: §{h32}§',
  'apiKey: "§{A40}§"',
  '"client_secret": "§{A30}§",',
  '{"accessToken":"§{A40}§"}',
  '{\\"password\\":\\"§{A12}§\\"}',
  'DB_PASSWORD=§{A12}§',
  'DB_PASSWORD=§swordfish§',
  'password=§swordfish§',
  '2: password=§swordfish§',
  'app.ini:12:password=§swordfish§',
  '+password=§swordfish§',
  'export SECRET_KEY="§{A50}§"',
  'SECRET_KEY_BASE=§{h64}§',
  '  - API_TOKEN=§{A40}§',
  'ENV API_TOKEN §{A40}§',
  'docker run -e AUTH_TOKEN=§{A40}§ image',
  'spring.datasource.password=§{A10}§',
  'token: §{A40}§',
  'secret_key: "§{A40}§"',
  'AWS_SECRET_ACCESS_KEY=§{B40}§',
  'aws_secret_access_key = §{B40}§',
  'encryption_key = "§{h64}§"',
  'signing_secret: "§{h32}§"',
  'jwtSecret: "§{A32}§"',
  'private_token = "§{A20}§"',
  "define('AUTH_KEY', '§{A40}§');".replace("', '", "' => '"),
  '$password = "§{A12}§";',
  'password := "§{A16}§"',
  'String password = "§{A16}§";',
  'let client_secret: &str = "§{A32}§";'.replace(': &str', ''),
  'PASSWORD="§tr0ub4dor&3§"',
  '<password>§{A14}§</password>',
  '<add key="ApiKey" value="§{A32}§" />',
  '- name: DB_PASSWORD\n  value: §{A16}§',
  '{"name": "API_KEY", "value": "§{A32}§"}',
  'mysql -u root --password=§{A12}§ db',
  'mysql -u root --password §{A12}§ db',
  'curl -u admin:§{A12}§ https://example.org',
  'curl -H "Authorization: Bearer §{A40}§"',
  'Authorization: Basic §{A32}§',
  'authorization: token §{A40}§',
  "headers: { Authorization: 'Bearer §{A40}§' }",
  'X-Api-Key: §{A32}§',
  'Cookie: session=§{A40}§',
  'password: §hunter2§',
  'PASSWORD=§secret123§',
  'SECRET_TOKEN=§supersecretvalue§',
  'API_TOKEN=§super-secret-token-value§',
  '"auth": "§{B23}=§"',
  'Authorization: Bearer §{l15}§',
  'sshpass -p §{A10}§ ssh host',
  'https://example.org/?api_key=§{A32}§&x=1',
  'Set-Cookie: sid=§{A40}§; Path=/; HttpOnly',
  'postgres://app:§{A12}§@db.internal:5432/app',
  'mongodb+srv://u:§{A12}§@cluster0.mongodb.net/app',
  'redis://:§{A16}§@cache:6379/0',
  'amqp://svc:§{A12}§@mq:5672/vhost',
  'mysql://root:§p@ss{A6}§@localhost/app',
  'https://user:§{A12}§@example.org/repo.git',
  'jdbc:postgresql://h/db?user=u&password=§{A12}§',
  'Server=tcp:x;User ID=sa;Password=§{A12}§;',
  'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=§{B86}==§;',
  'Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey=§{B43}=§',
  'https://x.blob.core.windows.net/c?sv=1&sig=§{A43}%3D§',
  'https://hooks.slack.com/services/§T{U8}/B{U8}/{A24}§',
  'https://discord.com/api/webhooks/§{d18}/{w68}§',
  'https://§{h32}§@o1.ingest.sentry.io/1',
  '//registry.example.org/:_authToken=§{h36}§',
  'machine example.org login me password §{A12}§',
  'AKIA{U16} §{B40}§',
  'api_token: |\n  §{A24}§\n',
  'api_token: >-\n    §{A24}§',
  'setx API_TOKEN §{A24}§',
  'set -gx API_TOKEN "§{A24}§"',
  'mysql -uroot -p§{A14}§ app',
  'https://§{A24}§@git.example.org/x',
  '{\\\\\\"password\\\\\\":\\\\\\"§{A14}§\\\\\\"}',
  'client-key-data: §LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ{A60}§',
]
