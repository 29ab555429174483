/** The figures as a table: median, ratio to a compiled hello-world where it is a wall time, target, verdict. */

export interface Figure {
  name: string
  value: number
  unit: 'ms' | 'MB' | 'KB' | '%'
  /** Upper limit, from a machine with two cores; a hint on any other. */
  target?: number
  /** A measure for the others, not of codi. */
  reference?: 'git' | 'hello'
}

export function printTable(figures: Figure[]): void {
  const hello = figures.find((figure) => figure.reference === 'hello')?.value ?? Number.NaN
  const rows = figures.map((figure) => [
    figure.name,
    `${round(figure.value)} ${figure.unit}`,
    figure.unit === 'ms' && figure.reference === undefined
      ? `${round(figure.value / hello)} x`
      : '',
    figure.target === undefined ? '' : `<= ${figure.target} ${figure.unit}`,
    verdict(figure),
  ])
  const header = ['figure', 'median', 'hello', 'target', '']
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  for (const row of [header, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    console.log(cells.join('  ').trimEnd())
  }
}

function verdict({ value, target }: Figure): string {
  if (target === undefined) return ''
  return value <= target ? 'ok' : 'over'
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1)
}
