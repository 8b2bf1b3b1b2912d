package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func script(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func blank(t *testing.T) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	ok(t, os.WriteFile(path, nil, 0o600))
	s, err := open(path, "&mode=rw")
	ok(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func TestMigrationsRunOnceInOrder(t *testing.T) {
	s := blank(t)
	two := fstest.MapFS{
		"migrations/0001.sql": script("CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);"),
		"migrations/0002.sql": script("UPDATE a SET x = x + 10;"),
	}
	for range 2 {
		ok(t, migrate(s.db, two))
	}
	two["migrations/0003.sql"] = script("UPDATE a SET x = x * 2;")
	ok(t, migrate(s.db, two))
	var x int
	ok(t, s.db.QueryRow("SELECT x FROM a").Scan(&x))
	if version := must[int](t)(schemaVersion(s.db)); x != 22 || version != 3 {
		t.Errorf("x = %d at version %d", x, version)
	}
}

func TestAMigrationThatFailsLeavesTheVersionBefore(t *testing.T) {
	s := blank(t)
	err := migrate(s.db, fstest.MapFS{
		"migrations/0001.sql": script("CREATE TABLE a (x INTEGER);"),
		"migrations/0002.sql": script("INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (1);"),
	})
	if err == nil || !strings.Contains(err.Error(), "0002.sql") {
		t.Errorf("got %v", err)
	}
	var rows int
	ok(t, s.db.QueryRow("SELECT count(*) FROM a").Scan(&rows))
	if version := must[int](t)(schemaVersion(s.db)); rows != 0 || version != 1 {
		t.Errorf("%d rows at version %d", rows, version)
	}
}

// testdata/v1.sql is a database as the first version wrote it. It must stay readable for ever: never regenerate it.
func TestADatabaseOfTheFirstVersion(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, File)
	ok(t, os.WriteFile(path, nil, 0o600))
	raw, err := open(path, "&mode=rw")
	ok(t, err)
	_, err = raw.db.Exec(string(must[[]byte](t)(os.ReadFile("testdata/v1.sql"))))
	ok(t, err)
	ok(t, raw.Close())

	s := opened(t, dir)
	ok(t, s.Check())
	var out bytes.Buffer
	ok(t, s.Export(&out))
	want := must[[]byte](t)(os.ReadFile("testdata/v1.jsonl"))
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("exported\n%s\nwant\n%s", out.Bytes(), want)
	}
	if o := must[Orders](t)(s.Orders("dana")); o.Skips["2026-W52"] != "holidays" || len(o.Travel) != 1 || o.Travel[0].Zone.String() != "Asia/Tokyo" {
		t.Errorf("orders %+v", o)
	}
	if v := must[[]Dated](t)(s.Verdicts("dana")); len(v) != 1 || v[0].State != "held" || v[0].Slot.Start.IsZero() {
		t.Errorf("verdicts %+v", v)
	}
	if got, want := schema(t, s.db), schema(t, opened(t, t.TempDir()).db); got != want {
		t.Errorf("the migrated schema is\n%s\nand a new one\n%s", got, want)
	}
}

// schema lists tables, indices and columns.
func schema(t *testing.T, db *sql.DB) string {
	t.Helper()
	scan := func(r row) (string, error) {
		var table, column, kind string
		err := r.Scan(&table, &column, &kind)
		return fmt.Sprintf("%s.%s %s\n", table, column, kind), err
	}
	found, err := all(db, scan, `SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c ORDER BY 1, 2`)
	ok(t, err)
	return strings.Join(found, "")
}
