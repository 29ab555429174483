/**
 * Keys that their issuers made recognisable, as data. A row is looked for where one of its `starts` stands, so a row more
 * costs nothing on text without it. Every pattern is sticky and bounded: the time is linear in the text.
 */

export interface KeyShape {
  /** What a person is told it was: `[masked: GitHub token]`. */
  name: string
  /** Texts that such keys begin with, at least two characters each. */
  starts: readonly string[]
  /** From that beginning on; where it has the group `value`, only that is secret. */
  pattern: RegExp
  /** The start may stand in the middle of a word; otherwise a letter or digit before it rules the row out. */
  inside?: true
  /** Of an `inside` row: up to so many characters before the start belong to the key. */
  before?: number
  /** The match must have letters and digits side by side, where the pattern alone would meet ordinary words. */
  mixed?: true
}

export const keyShapes: readonly KeyShape[] = [
  // Models.
  shape('Anthropic key', ['sk-ant-'], /sk-ant-[\w-]{16,255}/y),
  shape(
    'OpenAI key',
    ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'],
    /sk-(?:proj|svcacct|admin|None)-[\w-]{20,255}/y,
  ),
  shape('OpenRouter key', ['sk-or-'], /sk-or-(?:v1-)?[\w-]{20,255}/y),
  shape('Langfuse key', ['sk-lf-'], /sk-lf-[a-f0-9-]{32,40}/y),
  { name: 'OpenAI key', starts: ['sk-'], pattern: /sk-[\w-]{20,255}/y, mixed: true },
  shape('Groq key', ['gsk_'], /gsk_[A-Za-z0-9]{20,120}/y),
  shape('xAI key', ['xai-'], /xai-[A-Za-z0-9]{20,160}/y),
  shape('Perplexity key', ['pplx-'], /pplx-[A-Za-z0-9]{32,80}/y),
  shape('Replicate token', ['r8_'], /r8_[A-Za-z0-9]{30,60}/y),
  shape('Hugging Face token', ['hf_'], /hf_[A-Za-z0-9]{30,80}/y),
  shape('Hugging Face token', ['api_org_'], /api_org_[A-Za-z0-9]{30,80}/y),
  shape('Cerebras key', ['csk-'], /csk-[a-z0-9]{32,80}/y),
  shape('Fireworks key', ['fw_'], /fw_[A-Za-z0-9]{20,40}/y),
  shape('Together key', ['tgp_v1_'], /tgp_v1_[\w-]{30,80}/y),
  shape('NVIDIA key', ['nvapi-'], /nvapi-[\w-]{50,100}/y),
  shape('LangSmith key', ['lsv2_'], /lsv2_(?:pt|sk)_[a-f0-9]{20,}_[a-f0-9]{6,}/y),
  shape('Tavily key', ['tvly-'], /tvly-(?:dev-|prod-)?[A-Za-z0-9-]{20,60}/y),
  shape('Firecrawl key', ['fc-'], /fc-[a-f0-9]{32}(?![\w-])/y),
  shape('Jina key', ['jina_'], /jina_[\w-]{40,80}/y),
  shape('Brave Search key', ['BSA'], /BSA[\w-]{28}(?![\w-])/y),
  shape('Pinecone key', ['pcsk_'], /pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,80}/y),
  shape('E2B key', ['e2b_'], /e2b_[a-f0-9]{40}/y),
  shape('RunPod key', ['rpa_'], /rpa_[A-Z0-9]{36,60}/y),
  shape('ElevenLabs key', ['sk_'], /sk_[a-f0-9]{48}(?!\w)/y),

  // Clouds.
  shape(
    'AWS access key',
    ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    /A[KSBC][IC]A[A-Z0-9]{16}(?![A-Za-z0-9_])/y,
  ),
  shape(
    'AWS session token',
    ['IQoJb3JpZ2lu', 'FwoGZXIvYXdz'],
    /(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[\w+/=%-]{60,4000}/y,
  ),
  shape('AWS Bedrock key', ['ABSK'], /ABSK[A-Za-z0-9+/]{60,300}={0,2}/y),
  shape('Google API key', ['AIza'], /AIza[\w-]{35}(?![\w-])/y),
  shape('Google access token', ['ya29.'], /ya29\.[\w-]{20,2000}/y),
  shape('Google refresh token', ['1//0'], /1\/\/0[\w-]{30,200}/y),
  shape('Google client secret', ['GOCSPX-'], /GOCSPX-[\w-]{20,60}/y),
  inside('Azure storage key', ['AccountKey='], /AccountKey=(?<value>[A-Za-z0-9+/]{40,100}={0,2})/y),
  inside(
    'Azure shared access key',
    ['SharedAccessKey='],
    /SharedAccessKey=(?<value>[A-Za-z0-9+/]{30,100}={0,2})/y,
  ),
  inside(
    'Azure shared access signature',
    ['&sig=', '?sig='],
    /[&?]sig=(?<value>[A-Za-z0-9%+/=]{40,120})/y,
  ),
  inside('Azure client secret', ['8Q~', '7Q~'], /(?<=[\w.~-]{3})[78]Q~[\w.~-]{31,34}/y, 3),
  inside('Azure DevOps token', ['AZDO'], /(?<=[A-Za-z0-9]{52,80})AZDO[A-Za-z0-9]{4}/y, 80),
  shape('DigitalOcean token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], /do[opr]_v1_[a-f0-9]{40,64}/y),
  shape('DigitalOcean Spaces key', ['DO00'], /DO00[A-Z0-9]{16}(?!\w)/y),
  shape('Heroku key', ['HRKU-'], /HRKU-[\w-]{30,80}/y),
  shape('Cloudflare token', ['cfut_', 'cfat_', 'cfk_'], /cf(?:ut|at|k)_[A-Za-z0-9]{30,80}/y),
  shape('Cloudflare origin CA key', ['v1.0-'], /v1\.0-[a-f0-9]{24}-[a-f0-9]{100,160}/y),
  shape(
    'Fly.io token',
    ['fm2_', 'fm1r_', 'fm1a_', 'fo1_'],
    /(?:fm2|fm1[ar]|fo1)_[A-Za-z0-9+/=_-]{40,2000}/y,
  ),
  shape('Vercel token', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], /vc[piark]_[A-Za-z0-9]{24,80}/y),
  shape(
    'Vercel Blob token',
    ['vercel_blob_rw_'],
    /vercel_blob_rw_[A-Za-z0-9]{10,}_[A-Za-z0-9]{20,60}/y,
  ),
  shape('Netlify token', ['nfp_', 'nfc_', 'nfo_', 'nfu_', 'nfb_'], /nf[pcoub]_[A-Za-z0-9]{36,60}/y),
  shape('Supabase key', ['sbp_', 'sb_secret_'], /(?:sbp_[a-f0-9]{40}|sb_secret_[\w-]{20,60})/y),
  shape('PlanetScale token', ['pscale_'], /pscale_(?:tkn|pw|oauth)_[\w.-]{30,80}/y),
  shape('Neon key', ['napi_'], /napi_[a-z0-9]{40,80}/y),
  shape('Databricks token', ['dapi'], /dapi[a-f0-9]{32}(?:-\d)?(?!\w)/y),
  shape('Snowflake token', ['ver:1-hint:'], /ver:1-hint:\d+-[\w+/=-]{40,400}/y),
  shape('Scaleway key', ['SCW'], /SCW[A-Z0-9]{17}(?!\w)/y),
  shape('Alibaba access key', ['LTAI'], /LTAI[A-Za-z0-9]{12,24}(?!\w)/y),
  shape('Tencent secret id', ['AKID'], /AKID[A-Za-z0-9]{32}(?!\w)/y),
  shape('Yandex key', ['AQVN'], /AQVN[\w-]{35,40}(?![\w-])/y),
  shape(
    'Tailscale key',
    ['tskey-'],
    /tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{6,}-[A-Za-z0-9]{20,}/y,
  ),
  shape('Terraform Cloud token', ['ATLASv1.'], /ATLASv1\.[\w-]{40,100}/y),
  inside(
    'Terraform Cloud token',
    ['.atlasv1.'],
    /(?<=[A-Za-z0-9]{14})\.atlasv1\.[\w-]{50,80}/y,
    14,
  ),
  shape('Vault token', ['hvs.', 'hvb.', 'hvr.'], /hv[sbr]\.[\w-]{20,300}/y),
  shape('Pulumi token', ['pul-'], /pul-[a-f0-9]{40}(?!\w)/y),
  shape(
    'Doppler token',
    ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
    /dp\.(?:pt|ct|sa|scim|audit|st(?:\.[\w-]{2,35})?)\.[A-Za-z0-9]{40,44}/y,
  ),
  shape('1Password service token', ['ops_eyJ'], /ops_eyJ[A-Za-z0-9+/]{60,4000}={0,3}/y),
  shape(
    '1Password secret key',
    ['A3-'],
    /A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){3,5}[A-Z0-9]{5,11}(?!\w)/y,
  ),
  shape('OpenShift token', ['sha256~'], /sha256~[\w-]{43}(?![\w-])/y),
  shape('Kubernetes bootstrap token', ['K10'], /K10[a-f0-9]{64}::[\w-]+:[a-f0-9]{16,64}/y),
  shape(
    'Dynatrace token',
    ['dt0c01.', 'dt0s01.', 'dt0s16.'],
    /dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/y,
  ),

  // Code and packages.
  shape('GitHub token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], /gh[pousr]_[A-Za-z0-9]{30,251}/y),
  shape('GitHub token', ['github_pat_'], /github_pat_\w{40,251}/y),
  shape(
    'GitLab token',
    [
      ...['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glimt-'],
      ...['glagent-', 'gloas-', 'glffct-', 'glwt-'],
    ],
    /gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas|ffct|wt)-[\w.-]{20,300}/y,
  ),
  shape('GitLab runner token', ['GR1348941'], /GR1348941[\w-]{20,40}/y),
  shape('Atlassian token', ['ATATT3', 'ATCTT3'], /AT[AC]TT3[\w=-]{40,300}/y),
  shape('Bitbucket app password', ['ATBB'], /ATBB[A-Za-z0-9]{28,40}(?!\w)/y),
  shape('npm token', ['npm_'], /npm_[A-Za-z0-9]{36,60}(?!\w)/y),
  shape('PyPI token', ['pypi-'], /pypi-[\w-]{32,400}/y),
  shape('RubyGems key', ['rubygems_'], /rubygems_[a-f0-9]{48}/y),
  shape('crates.io token', ['cio'], /cio[A-Za-z0-9]{32}(?!\w)/y),
  shape('NuGet key', ['oy2'], /oy2[a-z0-9]{43}(?!\w)/y),
  shape('Clojars token', ['CLOJARS_'], /CLOJARS_[a-f0-9]{60}/y),
  shape('Docker token', ['dckr_pat_', 'dckr_oat_'], /dckr_[po]at_[\w-]{24,80}/y),
  shape('JFrog key', ['AKCp'], /AKCp[A-Za-z0-9]{60,80}(?!\w)/y),
  shape('JFrog reference token', ['cmVmdGtu'], /cmVmdGtu[A-Za-z0-9]{50,80}(?!\w)/y),
  shape('Sourcegraph token', ['sgp_'], /sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}(?!\w)/y),
  shape('Buildkite token', ['bkua_'], /bkua_[a-f0-9]{40}(?!\w)/y),
  shape('CircleCI token', ['CCIPAT_'], /CCIPAT_[A-Za-z0-9]{10,40}_[a-f0-9]{40}/y),
  shape('Prefect key', ['pnu_', 'pnb_'], /pn[ub]_[A-Za-z0-9]{36}(?!\w)/y),
  shape('SonarQube token', ['squ_', 'sqp_', 'sqa_'], /sq[upa]_[a-f0-9]{40}(?!\w)/y),

  // Messages.
  shape(
    'Slack token',
    ['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-'],
    /xox[abcdeoprs]-[\w%-]{10,300}/y,
  ),
  shape('Slack token', ['xoxe.xox'], /xoxe\.xox[bp]-[\w-]{20,300}/y),
  shape('Slack app token', ['xapp-'], /xapp-\d-[\w-]{20,200}/y),
  inside(
    'Slack webhook',
    ['hooks.slack.com/'],
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<value>[\w/]{20,120})/y,
  ),
  inside(
    'Discord webhook',
    ['/api/webhooks/'],
    /(?<=discord(?:app)?\.com)\/api\/webhooks\/(?<value>\d{15,21}\/[\w-]{50,100})/y,
  ),
  inside('Telegram bot token', [':AA'], /(?<=(?<!\d)\d{8,10}):AA[\w-]{32,34}(?![\w-])/y, 10),
  shape('Twilio key', ['SK'], /SK[0-9a-f]{32}(?!\w)/y),
  shape('SendGrid key', ['SG.'], /SG\.[\w-]{16,40}\.[\w-]{16,60}/y),
  shape('Mailgun key', ['key-'], /key-[0-9a-f]{32}(?!\w)/y),
  inside('Mailchimp key', ['-us'], /(?<=(?<![0-9a-f])[0-9a-f]{32})-us\d{1,2}(?!\w)/y, 32),
  shape(
    'Brevo key',
    ['xkeysib-', 'xsmtpsib-'],
    /x(?:key|smtp)sib-[a-f0-9]{40,80}-[A-Za-z0-9]{10,20}/y,
  ),
  shape('Resend key', ['re_'], /re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30}(?!\w)/y),
  inside(
    'Microsoft Teams webhook',
    ['.webhook.office.com/'],
    /\.webhook\.office\.com\/webhookb2\/(?<value>[\w@/-]{60,300})/y,
  ),

  // Money and shops.
  shape(
    'Stripe key',
    ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_'],
    /[rs]k_(?:live|test)_[A-Za-z0-9]{16,250}/y,
  ),
  shape('Stripe webhook secret', ['whsec_'], /whsec_[A-Za-z0-9+/]{24,100}={0,2}/y),
  shape(
    'Shopify token',
    ['shpat_', 'shpss_', 'shpca_', 'shppa_', 'shptka_'],
    /shp(?:at|ss|ca|pa|tka)_[a-fA-F0-9]{32,40}/y,
  ),
  shape('Square token', ['sq0atp-', 'sq0csp-', 'sq0idp-'], /sq0(?:atp|csp|idp)-[\w-]{20,60}/y),
  shape('Square token', ['EAAA'], /EAAA[\w-]{60}(?![\w-])/y),
  shape(
    'Braintree token',
    ['access_token$'],
    /access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}/y,
  ),
  shape(
    'Plaid token',
    ['access-production-', 'access-sandbox-'],
    /access-(?:production|sandbox)-[a-f0-9-]{36}/y,
  ),
  shape('Flutterwave key', ['FLWSECK'], /FLWSECK(?:_TEST)?-[a-zA-Z0-9]{12,40}-X/y),
  shape('Shippo token', ['shippo_live_', 'shippo_test_'], /shippo_(?:live|test)_[a-f0-9]{40}/y),
  shape('EasyPost key', ['EZAK', 'EZTK'], /EZ[AT]K[A-Za-z0-9]{54}(?!\w)/y),
  shape('Duffel token', ['duffel_live_', 'duffel_test_'], /duffel_(?:live|test)_[\w=-]{40,60}/y),
  shape(
    'Coinbase key',
    ['organizations/'],
    /organizations\/[a-f0-9-]{36}\/apiKeys\/(?<value>[a-f0-9-]{36})/y,
  ),

  // Watching.
  shape(
    'New Relic key',
    ['NRAK-', 'NRII-', 'NRJS-', 'NRSP-', 'NRRA-'],
    /NR(?:AK|II|JS|SP|RA)-[A-Za-z0-9_-]{19,42}/y,
  ),
  shape('Sentry token', ['sntrys_', 'sntryu_', 'sntrya_'], /sntry[sua]_[\w+/=-]{40,300}/y),
  inside(
    'Sentry DSN',
    ['://'],
    /:\/\/(?<value>[a-f0-9]{32}(?::[a-f0-9]{32})?)@[\w.-]{0,80}sentry\.[\w.-]{2,60}/y,
  ),
  shape(
    'Grafana token',
    ['glsa_', 'glc_'],
    /(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/=]{32,400})/y,
  ),
  shape('Datadog key', ['ddapp_', 'ddapi_', 'ddp_'], /dd(?:app|api|p)_[A-Za-z0-9]{34,50}/y),
  shape(
    'LaunchDarkly key',
    ['sdk-', 'api-', 'mob-'],
    /(?:sdk|api|mob)-[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[a-f0-9]{4}-[a-f0-9]{12}/y,
  ),
  shape('PostHog key', ['phx_', 'phs_'], /ph[xs]_[A-Za-z0-9]{30,60}/y),
  shape('Honeycomb key', ['hcaik_', 'hcamk_'], /hca[im]k_[a-z0-9]{26,32}[A-Za-z0-9]{20,64}/y),
  shape('Infracost key', ['ico-'], /ico-[A-Za-z0-9]{32}(?!\w)/y),

  // Work.
  shape('Linear key', ['lin_api_', 'lin_oauth_'], /lin_(?:api|oauth)_[A-Za-z0-9]{32,64}/y),
  shape('Notion token', ['ntn_'], /ntn_[A-Za-z0-9]{40,50}(?!\w)/y),
  shape('Notion token', ['secret_'], /secret_[A-Za-z0-9]{43}(?!\w)/y),
  shape('Figma token', ['figd_', 'figo_', 'figr_', 'figor_'], /fig(?:d|o|r|or)_[\w-]{38,50}/y),
  shape('Postman key', ['PMAK-'], /PMAK-[a-f0-9]{24}-[a-f0-9]{34}/y),
  shape('Airtable token', ['pat'], /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/y),
  shape('HubSpot token', ['pat-na', 'pat-eu'], /pat-(?:na|eu)\d-[a-f0-9-]{36}/y),
  shape('Asana token', ['0/', '1/', '2/'], /[012]\/\d{12,20}(?:\/\d{12,20})?:[a-f0-9]{32}/y),
  shape('Contentful token', ['CFPAT-'], /CFPAT-[\w-]{40,50}/y),
  shape('Typeform token', ['tfp_'], /tfp_[\w.=-]{40,70}/y),
  shape('Mapbox token', ['sk.eyJ', 'tk.eyJ'], /[st]k\.eyJ[\w-]{20,200}\.[\w-]{20,60}/y),
  shape('Octopus Deploy key', ['API-'], /API-[A-Z0-9]{25,32}(?![\w-])/y),
  shape('ReadMe key', ['rdme_'], /rdme_[a-z0-9]{60,80}/y),
  shape('Adafruit key', ['aio_'], /aio_[A-Za-z0-9]{28}(?!\w)/y),
  shape(
    'Zapier webhook',
    ['hooks.zapier.com/'],
    /hooks\.zapier\.com\/hooks\/catch\/(?<value>\d+\/\w{5,20})/y,
  ),
  shape(
    'Facebook token',
    ['EAAC', 'EAAB', 'EAAD', 'EAAG', 'EAAJ'],
    /EAA[BCDGJ][A-Za-z0-9]{80,300}(?!\w)/y,
  ),
  shape(
    'X bearer token',
    ['AAAAAAAAAAAAAAAAAAAAA'],
    /A{20,24}(?!A)[A-Za-z0-9%]{50,120}(?![\w/+=])/y,
  ),

  // Of any issuer.
  {
    name: 'bearer token',
    starts: ['Bearer ', 'bearer '],
    pattern: /[Bb]earer (?<value>[\w.~+/=-]{20,4000})/y,
    mixed: true,
  },
  shape('JSON web token', ['eyJ'], /eyJ[\w-]{10,4000}\.eyJ[\w-]{10,8000}\.[\w-]{10,1000}/y),
  shape(
    'encrypted JSON web token',
    ['eyJ'],
    /eyJ[\w-]{10,1000}\.[\w-]{0,1000}\.[\w-]{10,100}\.[\w-]{10,8000}\.[\w-]{16,60}/y,
  ),
  {
    // `-----BEGIN … PRIVATE KEY` in base64, as kubeconfig has it.
    name: 'private key',
    starts: ['LS0tLS1CRUdJTi'],
    pattern: /LS0tLS1CRUdJTi(?:BSU0Eg|BQUklW|BFQyBQ|BPUEVO|BFTkNS|BEU0Eg)[A-Za-z0-9+/=]{20,20000}/y,
  },
  shape('age key', ['AGE-SECRET-KEY-1'], /AGE-SECRET-KEY-1[A-Z0-9]{58}/y),
  inside('password hash', ['$2a$', '$2b$', '$2y$'], /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/y),
  inside(
    'password hash',
    ['$argon2'],
    /\$argon2(?:id?|d)\$v=\d+\$[\w=,]{1,60}\$[A-Za-z0-9+/]{8,100}\$[A-Za-z0-9+/]{16,200}/y,
  ),
  inside(
    'password hash',
    ['$1$', '$5$', '$6$', '$y$', '$7$'],
    /\$[1567y]\$[\w=./$]{1,60}\$[./A-Za-z0-9]{22,100}/y,
  ),
]

function shape(name: string, starts: readonly string[], pattern: RegExp): KeyShape {
  return { name, starts, pattern }
}

function inside(name: string, starts: readonly string[], pattern: RegExp, before = 0): KeyShape {
  return { name, starts, pattern, inside: true, before }
}
