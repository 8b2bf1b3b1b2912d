package store

import (
	"database/sql"
	"fmt"
	"io/fs"
	"sort"
)

// migrate brings the schema up to the last of the scripts, each in a transaction of its own. The scripts sort by name;
// the nth leads to user_version n.
func migrate(db *sql.DB, scripts fs.FS) error {
	names, err := scriptNames(scripts)
	if err != nil {
		return err
	}
	for n, name := range names {
		script, err := fs.ReadFile(scripts, name)
		if err != nil {
			return err
		}
		if err := step(db, n+1, string(script)); err != nil {
			return fmt.Errorf("migrate the database by %s: %w", name, err)
		}
	}
	return nil
}

func scriptNames(scripts fs.FS) ([]string, error) {
	names, err := fs.Glob(scripts, "migrations/*.sql")
	sort.Strings(names)
	return names, err
}

// step runs one script unless that version is reached. The version is read inside the transaction: another process may
// have migrated since.
func step(db *sql.DB, version int, script string) error {
	return transact(db, func(tx *sql.Tx) error {
		have, err := schemaVersion(tx)
		if err != nil || have >= version {
			return err
		}
		if _, err := tx.Exec(script); err != nil {
			return err
		}
		_, err = tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", version))
		return err
	})
}

func schemaVersion(q querier) (version int, err error) {
	err = q.QueryRow("PRAGMA user_version").Scan(&version)
	return version, err
}
