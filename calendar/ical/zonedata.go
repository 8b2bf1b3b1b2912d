package ical

import (
	"encoding/binary"
	"time"
)

// location makes a *time.Location of offset changes. The time package takes one only in the form of a compiled zone file
// (TZif, RFC 8536 section 3), so that is what is written here: an empty version 1 block and a version 2 block.
func location(name string, first int, turns []turn) (*time.Location, error) {
	types := []int{first}
	index := map[int]byte{first: 0}
	for _, t := range turns {
		if _, known := index[t.after]; !known && len(types) < 255 {
			index[t.after] = byte(len(types))
			types = append(types, t.after)
		}
	}
	data := tzifHeader(nil, 0, 1)
	data = append(data, 0, 0, 0, 0, 0, 0, 0) // its one type and its one character
	data = tzifHeader(data, len(turns), len(types))
	for _, t := range turns {
		data = binary.BigEndian.AppendUint64(data, uint64(t.at))
	}
	for _, t := range turns {
		data = append(data, index[t.after])
	}
	for _, offset := range types {
		data = binary.BigEndian.AppendUint32(data, uint32(int32(offset)))
		data = append(data, 0, 0)
	}
	data = append(data, 0)          // the empty abbreviation of all of them
	data = append(data, '\n', '\n') // no rule for later
	return time.LoadLocationFromTZData(name, data)
}

func tzifHeader(data []byte, turns, types int) []byte {
	data = append(data, "TZif2"...)
	data = append(data, make([]byte, 15)...)
	for _, n := range [...]int{0, 0, 0, turns, types, 1} {
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	return data
}
