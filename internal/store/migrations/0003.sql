-- Mails that a write makes due: recorded with its intent, sent after it, and again until one was taken.
CREATE TABLE letters (
  id        INTEGER PRIMARY KEY,
  bilateral TEXT NOT NULL,
  intent    INTEGER NOT NULL,
  kind      TEXT NOT NULL, -- series, instance or floor
  uid       TEXT NOT NULL,
  original  TEXT NOT NULL, -- of an instance
  period    TEXT NOT NULL,
  told      TEXT NOT NULL, -- what the calendar's mark says of it once the write took place
  was       TEXT NOT NULL, -- what the guest had been told before
  at        TEXT NOT NULL,
  tries     INTEGER NOT NULL DEFAULT 0,
  tried     TEXT NOT NULL DEFAULT '',
  error     TEXT NOT NULL DEFAULT '',
  done      TEXT NOT NULL DEFAULT '',
  outcome   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX letters_open ON letters (bilateral) WHERE done = '';
-- The newest answer of the executive to a series or one of its instances, as it came by mail.
CREATE TABLE replies (
  bilateral TEXT NOT NULL,
  uid       TEXT NOT NULL,
  original  TEXT NOT NULL, -- '': to the series
  status    TEXT NOT NULL,
  comment   TEXT NOT NULL,
  counter_start TEXT NOT NULL,
  counter_end   TEXT NOT NULL,
  sequence  INTEGER NOT NULL,
  stamp     TEXT NOT NULL,
  at        TEXT NOT NULL,
  done      TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (bilateral, uid, original)
) STRICT, WITHOUT ROWID;
-- What the executive was last told of a series: the mark in the calendar says so too, and either may be lost.
CREATE TABLE told (
  bilateral TEXT NOT NULL,
  uid       TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (bilateral, uid)
) STRICT, WITHOUT ROWID;
