-- How often in a row a calendar could not be reached, of what kind the last failure was, and when it is tried again.
ALTER TABLE calendars ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calendars ADD COLUMN kind     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calendars ADD COLUMN next_try TEXT    NOT NULL DEFAULT '';
