-- A session store as codi wrote it at version 1, dumped: two sessions, an open call, a draft.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  cwd TEXT NOT NULL,
  label TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  head INTEGER,
  draft TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_updated ON sessions(updated_at);
CREATE TABLE entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  parent INTEGER,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX entries_session ON entries(session_id, id);
INSERT INTO sessions VALUES ('20261122-1753-02934a','/w','The shop','mock','m',1795369986181,1795369986183,5,'');
INSERT INTO sessions VALUES ('20261122-1753-fc615b','/v','it''s another thing','anthropic','y',1795369986183,1795369986183,7,'it was being');
INSERT INTO entries VALUES (1,'20261122-1753-02934a',NULL,1795369986182,'{"type":"label","text":"The shop"}');
INSERT INTO entries VALUES (2,'20261122-1753-02934a',1,1795369986182,'{"type":"message","message":{"role":"user","content":[{"type":"text","text":"fix the shop"}]}}');
INSERT INTO entries VALUES (3,'20261122-1753-02934a',2,1795369986182,'{"type":"message","message":{"role":"assistant","content":[{"type":"call","id":"c1","name":"read_file","input":{"path":"a.ts"}},{"type":"call","id":"c2","name":"bash","input":{"command":"true"}}]},"provider":"mock","model":"m","usage":{"inputTokens":100,"outputTokens":20,"cacheReadTokens":5,"cacheWriteTokens":1,"reasoningTokens":0},"costUsd":0.25,"stop":"calls"}');
INSERT INTO entries VALUES (4,'20261122-1753-fc615b',NULL,1795369986183,'{"type":"message","message":{"role":"user","content":[{"type":"text","text":"it''s another\nthing"}]}}');
INSERT INTO entries VALUES (5,'20261122-1753-02934a',3,1795369986183,'{"type":"result","result":{"type":"result","callId":"c1","name":"read_file","content":[{"type":"text","text":"const a = 1"}],"isError":false}}');
INSERT INTO entries VALUES (6,'20261122-1753-fc615b',4,1795369986183,'{"type":"message","message":{"role":"assistant","content":[{"type":"text","text":"Done — 完了."}]},"provider":"anthropic","model":"x","usage":{"inputTokens":100,"outputTokens":20,"cacheReadTokens":5,"cacheWriteTokens":1,"reasoningTokens":0},"costUsd":null,"stop":"end"}');
INSERT INTO entries VALUES (7,'20261122-1753-fc615b',6,1795369986183,'{"type":"message","message":{"role":"user","content":[{"type":"text","text":"more"}]}}');
PRAGMA user_version = 1;
