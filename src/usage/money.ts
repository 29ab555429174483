/** Dollars as people read them: cents, or more digits where there are only parts of one. */

export function dollars(amount: number): string {
  const size = Math.abs(amount)
  if (size === 0 || size >= 1) return `$${withCommas(amount.toFixed(2))}`
  if (size >= 0.01) return `$${amount.toFixed(4).replace(/0{1,2}$/, '')}`
  return `$${Number(amount.toPrecision(2)).toFixed(9).replace(/0+$/, '')}`
}

/** `?` where nothing is known, `at least …` where something is not. */
export function moneyText(sum: {
  requests: number
  knownCostUsd: number
  unknownPrice: number
}): string {
  if (sum.unknownPrice === 0) return dollars(sum.knownCostUsd)
  if (sum.unknownPrice === sum.requests) return '?'
  return `≥ ${dollars(sum.knownCostUsd)}`
}

function withCommas(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))(?=.*\.)/g, ',')
}
