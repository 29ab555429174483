/** Rows of a ledger for tests: plain unless told, and a directory that goes away. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../src/base/remove-tree.ts'
import type { UsageRow } from '../../src/contract/usage.ts'

export function row(more: Partial<UsageRow> = {}): UsageRow {
  return {
    at: Date.UTC(2026, 10, 22, 12),
    session: '20261122-1200-aaaaaa',
    step: 1,
    turn: 1,
    provider: 'anthropic',
    model: 'claude-sonnet-5-5',
    answered: null,
    project: '/work/shop',
    purpose: 'turn',
    inputTokens: 1000,
    outputTokens: 100,
    cacheReadTokens: 500,
    cacheWriteTokens: 50,
    reasoningTokens: 20,
    costUsd: 0.003,
    priceSource: 'catalogue',
    priceDate: '2026-10',
    estimated: false,
    ok: true,
    ms: 1200,
    calls: 1,
    ...more,
  }
}

export function temporary(): Disposable & { path(name: string): string; directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'codi-usage-'))
  return {
    directory,
    path: (name) => join(directory, name),
    [Symbol.dispose]: () => removeTree(directory),
  }
}

/** The time zone of this process for one test. */
export function inZone(zone: string): Disposable {
  const before = process.env.TZ
  process.env.TZ = zone
  return {
    [Symbol.dispose]() {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    },
  }
}
