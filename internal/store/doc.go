// Package store keeps what the calendar cannot: follow-ups and their history, the owner's orders, intents, and what every
// pass saw and decided. Losing it loses follow-ups and history and nothing else: the calendar stays the source of truth.
//
// It is one SQLite file, bilateral.db (WAL, mode 0600), that two processes use at once: the daemon and the CLI. Every
// change is one immediate transaction. A pass that finds nothing new writes one row, the pass itself: all other calls
// compare before they write, and say below what they compare.
//
// Instants are stored as RFC 3339 in UTC, whole seconds (a fraction is cut off); civil dates as YYYY-MM-DD. The package
// has no clock: the moment of a change is always passed in. A callback that is handed to a Store must not call it.
package store
