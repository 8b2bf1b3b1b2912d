// Package plan decides, for one bilateral at one moment, what holds for every guarded period and what to do about it.
// [Decide] is the guarantee: a pure function from a [World] to one [Decision] a period, in time order. It has no clock,
// no log, no error; the same World gives the same Decisions.
//
// docs/guarantee.md is the exact reading of the promise that Decide keeps; the brute-force oracle in this package's
// tests is written from that text alone.
package plan
