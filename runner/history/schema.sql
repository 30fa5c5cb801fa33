-- What SQLite and PostgreSQL both take. Whole results are in `document` (gzip, base64); the rest is for queries.
CREATE TABLE IF NOT EXISTS packetwalk_history (
  schema_version INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS packetwalk_results (
  id TEXT PRIMARY KEY,
  cluster TEXT NOT NULL,
  suite TEXT NOT NULL,
  size TEXT NOT NULL,
  packetwalk TEXT NOT NULL,
  started_at TEXT NOT NULL,
  verdict TEXT NOT NULL,
  night TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS packetwalk_results_by_key
  ON packetwalk_results (cluster, suite, size, packetwalk, started_at);
CREATE TABLE IF NOT EXISTS packetwalk_arms (
  result_id TEXT NOT NULL REFERENCES packetwalk_results (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (result_id, role)
);
CREATE TABLE IF NOT EXISTS packetwalk_values (
  result_id TEXT NOT NULL REFERENCES packetwalk_results (id) ON DELETE CASCADE,
  arm TEXT NOT NULL,
  metric TEXT NOT NULL,
  unit TEXT NOT NULL,
  value DOUBLE PRECISION,
  PRIMARY KEY (result_id, arm, metric)
);
