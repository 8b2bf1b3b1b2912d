-- Instants: RFC 3339 UTC in whole seconds, '' for none, so that they sort as text.

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
  search    TEXT NOT NULL, -- lower case; LIKE folds ASCII only
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
