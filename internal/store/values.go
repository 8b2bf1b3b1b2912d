package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// instant is a moment as a column holds it: RFC 3339 in UTC, whole seconds, empty for the zero time. As text
// it sorts by time.
type instant time.Time

// Value writes the column.
func (i instant) Value() (driver.Value, error) {
	t := time.Time(i)
	if t.IsZero() {
		return "", nil
	}
	return whole(t).Format(time.RFC3339), nil
}

// Scan reads the column.
func (i *instant) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("an instant is text, not %T", src)
	}
	if s == "" {
		*i = instant{}
		return nil
	}
	t, err := time.Parse(time.RFC3339, s)
	*i = instant(t.UTC())
	return err
}

// whole is the instant as it is stored.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// body is a value kept as JSON in a text column.
type body[T any] struct{ v *T }

// asBody wraps a value for reading from or writing to a column.
func asBody[T any](v *T) body[T] { return body[T]{v} }

// Value writes the column.
func (b body[T]) Value() (driver.Value, error) {
	data, err := json.Marshal(b.v)
	return string(data), err
}

// Scan reads the column.
func (b body[T]) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("JSON is text, not %T", src)
	}
	return json.Unmarshal([]byte(s), b.v)
}
