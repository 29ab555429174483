/**
 * Names of files that hold secrets as a rule. They are asked for before they are read, in every mode, and stay out of the
 * index, which would keep what they hold and give it to whoever makes vectors of it.
 */

export interface SecretFileRow {
  /** Matched against a path in lower case, with `/`. */
  pattern: RegExp
  reason: string
}

export const secretFiles: readonly SecretFileRow[] = [
  {
    pattern:
      /(?:^|\/)\.env(?:\.(?!(?:.*\.)?(?:example|sample|template|dist)$)[^/]*|rc)?$|(?:^|\/)[^/]+\.env$/,
    reason: 'environment files hold secrets',
  },
  { pattern: /\.(?:pem|key|p12|pfx|jks|keystore|ppk|asc)$/, reason: 'it may hold a private key' },
  {
    pattern: /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)[^/]*(?<!\.pub)$/,
    reason: 'it may hold a private key',
  },
  {
    pattern:
      /(?:^|\/)(?:credentials[^/]*\.json|client_secret[^/]*\.json|[^/]*service[-_]?account[^/]*\.json)$/,
    reason: 'it may hold credentials',
  },
  { pattern: /\.(?:kdbx?|agekey)$/, reason: 'it is a store of passwords' },
  {
    pattern:
      /(?:^|\/)(?:\.npmrc|\.pypirc|\.netrc|_netrc|\.git-credentials|\.htpasswd|\.pgpass|\.my\.cnf|\.dockercfg|\.vault-token|kubeconfig|master\.key)$/,
    reason: 'it may hold credentials',
  },
  {
    pattern: /\.tfstate(?:\.backup)?$|\.tfvars(?:\.json)?$/,
    reason: 'Terraform keeps secrets in it',
  },
  {
    pattern: /(?:^|\/)\.?secrets?\.(?:ya?ml|json|toml|ini|env|properties)$/,
    reason: 'its name says that it holds secrets',
  },
  { pattern: /(?:^|\/)\.(?:ssh|aws|gnupg)\//, reason: 'it may hold credentials' },
]
