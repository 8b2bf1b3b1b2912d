-- What a pass found about a bilateral besides its verdicts.
CREATE TABLE remarks (
  bilateral TEXT PRIMARY KEY,
  body      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
