
CREATE TABLE items (
  id        TEXT PRIMARY KEY,
  bilateral TEXT NOT NULL,
  private   INTEGER NOT NULL CHECK (private IN (0, 1)),
  kind      TEXT NOT NULL,
  status    TEXT NOT NULL,
  created   TEXT NOT NULL,
  closed    TEXT NOT NULL,
  updated   TEXT NOT NULL,
  carried   INTEGER NOT NULL,
  search    TEXT NOT NULL,
  body      TEXT NOT NULL,
  CHECK (kind <> 'personal' OR private = 1)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_by_status ON items (bilateral, private, status, closed);
CREATE INDEX items_by_kind ON items (bilateral, kind);

CREATE TABLE item_history (
  n    INTEGER PRIMARY KEY,
  item TEXT NOT NULL REFERENCES items (id),
  at   TEXT NOT NULL,
  who  TEXT NOT NULL,
  what TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX item_history_by_item ON item_history (item, at);

CREATE TABLE carried (
  bilateral TEXT NOT NULL,
  original  TEXT NOT NULL,
  at        TEXT NOT NULL,
  PRIMARY KEY (bilateral, original)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  bilateral TEXT NOT NULL,
  kind      TEXT NOT NULL,
  period    TEXT NOT NULL,
  args      TEXT NOT NULL,
  at        TEXT NOT NULL,
  done      TEXT NOT NULL DEFAULT '',
  ok        INTEGER NOT NULL DEFAULT 0,
  outcome   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX requests_pending ON requests (bilateral, id) WHERE done = '';

CREATE TABLE orders (
  bilateral TEXT PRIMARY KEY,
  body      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  bilateral  TEXT NOT NULL,
  uid        TEXT NOT NULL,
  calendar   TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  last_seen  TEXT NOT NULL,
  gone       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (bilateral, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
  bilateral TEXT NOT NULL,
  trouble   TEXT NOT NULL,
  first     TEXT NOT NULL,
  PRIMARY KEY (bilateral, trouble)
) STRICT, WITHOUT ROWID;

CREATE TABLE verdicts (
  bilateral TEXT NOT NULL,
  period    TEXT NOT NULL,
  starts    TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (bilateral, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  n         INTEGER PRIMARY KEY,
  bilateral TEXT NOT NULL,
  period    TEXT NOT NULL,
  starts    TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_period ON history (bilateral, period, n);
CREATE INDEX history_by_start ON history (bilateral, starts, n);

CREATE TABLE outcomes (
  bilateral TEXT NOT NULL,
  period    TEXT NOT NULL,
  start     TEXT NOT NULL,
  end       TEXT NOT NULL,
  held      INTEGER NOT NULL,
  at        TEXT NOT NULL,
  PRIMARY KEY (bilateral, period, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE confirmed (
  bilateral TEXT NOT NULL,
  period    TEXT NOT NULL,
  at        TEXT NOT NULL,
  PRIMARY KEY (bilateral, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE intents (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  bilateral   TEXT NOT NULL,
  uid         TEXT NOT NULL,
  change      TEXT NOT NULL,
  version     TEXT NOT NULL,
  exempt      INTEGER NOT NULL,
  at          TEXT NOT NULL,
  done        TEXT NOT NULL DEFAULT '',
  wrote       INTEGER NOT NULL DEFAULT 0,
  outcome     TEXT NOT NULL DEFAULT '',
  new_version TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX intents_open ON intents (bilateral, id) WHERE done = '';
CREATE INDEX intents_by_time ON intents (bilateral, at);

CREATE TABLE actions (
  id         INTEGER PRIMARY KEY,
  bilateral  TEXT NOT NULL,
  period     TEXT NOT NULL,
  action     TEXT NOT NULL,
  from_start TEXT NOT NULL,
  from_end   TEXT NOT NULL,
  to_start   TEXT NOT NULL,
  to_end     TEXT NOT NULL,
  mails      TEXT NOT NULL,
  code       TEXT NOT NULL,
  sentence   TEXT NOT NULL,
  evidence   TEXT NOT NULL,
  at         TEXT NOT NULL
) STRICT;
CREATE INDEX actions_by_period ON actions (bilateral, period, id);
CREATE INDEX actions_by_time ON actions (bilateral, at, id);

CREATE TABLE published (
  bilateral   TEXT NOT NULL,
  original    TEXT NOT NULL,
  moment      TEXT NOT NULL,
  at          TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  text        TEXT NOT NULL,
  delivered   TEXT NOT NULL,
  PRIMARY KEY (bilateral, original)
) STRICT, WITHOUT ROWID;

CREATE TABLE daemon (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  pid     INTEGER NOT NULL,
  host    TEXT NOT NULL,
  started TEXT NOT NULL
) STRICT;

CREATE TABLE pass (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  began     TEXT NOT NULL,
  ended     TEXT NOT NULL,
  ok        INTEGER NOT NULL,
  errors    TEXT NOT NULL,
  next      TEXT NOT NULL,
  last_good TEXT NOT NULL
) STRICT;

CREATE TABLE calendars (
  name      TEXT PRIMARY KEY,
  type      TEXT NOT NULL,
  reachable INTEGER NOT NULL,
  last_ok   TEXT NOT NULL,
  last_try  TEXT NOT NULL,
  error     TEXT NOT NULL,
  objects   INTEGER NOT NULL,
  degraded  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE busy (
  calendar TEXT PRIMARY KEY,
  at       TEXT NOT NULL,
  body     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO items VALUES ('k3f9', 'dana', 0, 'decision', 'open', '2026-11-16T08:00:00Z', '', '2026-11-18T15:00:00Z', 2, 'vendor b, 48k eur?
yes', '{"id":"k3f9","bilateral":"dana","kind":"decision","text":"Vendor B, 48k EUR?","proposal":"Yes","options":["Yes","No"],"details":["offer attached"],"due":"2026-12-04","first_due":"2026-12-04","minutes":5,"created":"2026-11-16T08:00:00Z","updated":"2026-11-16T08:00:00Z","status":"open"}');
INSERT INTO items VALUES ('m2t7', 'dana', 1, 'personal', 'dropped', '2026-11-16T09:00:00Z', '2026-11-17T09:00:00Z', '2026-11-17T09:00:00Z', 0, 'her son plays chess
told', '{"id":"m2t7","bilateral":"dana","private":true,"kind":"personal","text":"Her son plays chess","created":"2026-11-16T09:00:00Z","updated":"2026-11-17T09:00:00Z","status":"dropped","closed":"2026-11-17T09:00:00Z","reason":"told"}');
INSERT INTO item_history VALUES (1, 'k3f9', '2026-11-16T08:00:00Z', 'cli', 'added', '');
INSERT INTO item_history VALUES (2, 'm2t7', '2026-11-16T09:00:00Z', 'cli', 'added', '');
INSERT INTO item_history VALUES (3, 'm2t7', '2026-11-17T09:00:00Z', 'wrap', 'dropped', 'told');
INSERT INTO item_history VALUES (4, 'k3f9', '2026-11-18T15:00:00Z', 'daemon', 'carried', '2026-11-18T14:30:00Z');
INSERT INTO carried VALUES ('dana', '2026-11-18T14:30:00Z', '2026-11-18T15:00:00Z');
INSERT INTO requests VALUES (1, 'dana', 'skip', '2026-W52', '{"reason":"holidays"}', '2026-11-16T08:00:00Z', '2026-11-16T08:01:00Z', 1, 'Week 52 is skipped.');
INSERT INTO orders VALUES ('dana', '{"skips":{"2026-W52":"holidays"},"travel":[{"zone":"Asia/Tokyo","first":"2026-12-07","last":"2026-12-11"}],"generation":1}');
INSERT INTO series VALUES ('dana', 'u1@bilateral', 'work', '2026-11-16T08:00:00Z', '2026-11-18T15:00:00Z', 0);
INSERT INTO seen VALUES ('dana', '2026-W49 conflict 2026-12-02T14:30:00Z', '2026-11-18T15:00:00Z');
INSERT INTO verdicts VALUES ('dana', '2026-W49', '2026-11-29T23:00:00Z', '2026-11-18T15:00:00Z', '{"period":"2026-W49","span":{"Start":"2026-11-29T23:00:00Z","End":"2026-12-06T23:00:00Z"},"state":"held","code":"held","sentence":"It stands.","basis":"seen","original":"2026-12-02T14:30:00Z","slot":{"Start":"2026-12-02T14:30:00Z","End":"2026-12-02T15:15:00Z"},"rung":"keep"}');
INSERT INTO history SELECT 1, bilateral, period, starts, at, body FROM verdicts;
INSERT INTO outcomes VALUES ('dana', '2026-W47', '2026-11-18T14:30:00Z', '2026-11-18T15:15:00Z', 1, '2026-11-18T14:35:00Z');
INSERT INTO confirmed VALUES ('dana', '2026-W47', '2026-11-18T15:20:00Z');
INSERT INTO intents VALUES (1, 'dana', 'u1@bilateral', 'create', '', 1, '2026-11-16T08:01:00Z', '2026-11-16T08:01:01Z', 1, 'done', 'etag1');
INSERT INTO actions VALUES (1, 'dana', '2026-W47', 'create_series', '', '', '2026-11-18T14:30:00Z', '2026-11-18T15:15:00Z', '["dana@example.org"]', 'placed', 'The first one.', '', '2026-11-16T08:01:01Z');
INSERT INTO published VALUES ('dana', '2026-11-18T14:30:00Z', '2026-11-17T15:00:00Z', '2026-11-17T15:00:10Z', 'f1', '[ ] Vendor B #k3f9', 'unknown');
INSERT INTO daemon VALUES (1, 4711, 'desk', '2026-11-16T08:00:30Z');
INSERT INTO pass VALUES (1, '2026-11-18T15:00:00Z', '2026-11-18T15:00:02Z', 1, '', '2026-11-18T15:05:00Z', '2026-11-18T15:00:02Z');
INSERT INTO calendars VALUES ('work', 'caldav', 1, '2026-11-18T15:00:00Z', '2026-11-18T15:00:00Z', '', 41, '');
INSERT INTO busy VALUES ('work', '2026-11-18T15:00:00Z', '[{"start":"2026-12-01T09:00:00Z","end":"2026-12-01T10:00:00Z","strength":2,"uid":"x1"}]');
PRAGMA user_version = 1;
