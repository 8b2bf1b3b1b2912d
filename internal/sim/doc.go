// Package sim is a small world in which the engine lives for months in seconds: an owner and one or two executives who
// book, decline, drag, delete and edit, orders of the owner's, calendars that cannot be read, answers that get lost, and a
// process that dies at any point of a pass. Everything is chosen by one seed, so that a failure can be had again.
//
// After each pass the world is judged by rules of this package's own: it reads the iCalendar text with its own reader,
// works out hours, periods and busy time anew, and asks neither the planner nor the engine what is right.
package sim
