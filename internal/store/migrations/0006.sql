-- Why writes to a calendar fail that can be read; '' where they do not.
ALTER TABLE calendars ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
-- When the sign-in to a calendar is known to end: who may read the status may not read the file that says so.
ALTER TABLE calendars ADD COLUMN sign_in_ends TEXT NOT NULL DEFAULT '';
-- When a series was first not to be seen; '' where that is not known, or a person has seen to it.
ALTER TABLE series ADD COLUMN vanished TEXT NOT NULL DEFAULT '';
