/** Certificate authorities beside the usual ones, as `fetch` takes them. */
import { CodiError, errorMessage } from './errors.ts'

/** The usual authorities and those of a PEM file; undefined without a file. Throws a CodiError for a wrong file. */
export async function readAuthorities(file: string | undefined): Promise<string[] | undefined> {
  if (!file) return undefined
  const { rootCertificates } = await import('node:tls')
  try {
    const own = await Bun.file(file).text()
    if (!own.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it holds no certificate')
    return [...rootCertificates, own]
  } catch (thrown) {
    throw new CodiError(
      'invalid',
      `Cannot use the certificate file ${file}: ${errorMessage(thrown)}; caFile must name a PEM file`,
      { cause: thrown },
    )
  }
}
