/** The tables of the ledger. Money is in billionths of a dollar, so that the sums of any grouping are the same. */

interface Runs {
  run(sql: string): unknown
}

export const usageMigrations: readonly ((database: Runs) => void)[] = [
  (database) => {
    database.run(`CREATE TABLE requests (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      session TEXT,
      step INTEGER,
      turn INTEGER,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      answered TEXT,
      project TEXT NOT NULL,
      purpose TEXT NOT NULL,
      input INTEGER NOT NULL,
      output INTEGER NOT NULL,
      cache_read INTEGER NOT NULL,
      cache_write INTEGER NOT NULL,
      reasoning INTEGER NOT NULL,
      cost_nanos INTEGER,
      price_source TEXT,
      price_date TEXT,
      estimated INTEGER NOT NULL,
      ok INTEGER NOT NULL,
      ms INTEGER NOT NULL,
      calls INTEGER NOT NULL
    ) STRICT`)
    // What a person has been told, so that many processes tell it once.
    database.run('CREATE TABLE told (what TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT')
    database.run('CREATE INDEX requests_by_time ON requests (at)')
    database.run('CREATE INDEX requests_by_session ON requests (session)')
  },
]
