-- What each way to notify a person was used for: the problems that were told by it, and whether it works.
CREATE TABLE channels (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
