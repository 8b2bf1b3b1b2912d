package google

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bilateral/calendar"

	gcal "google.golang.org/api/calendar/v3"
)

// Names of the private extended properties that are ours. A series and its instances have names of their own, since an
// instance shows the properties of its master too. Of a cancelled instance Google promises to keep nothing but which one
// it is, so its mark stands as a note at the master.
const (
	seriesPrefix   = "bilateral-"
	instancePrefix = "bilateral.i-"
	gonePrefix     = "bilateral.gone-"

	silent = "bilateral.silent" // on a series whose guests we write to ourselves: Google sends no mail of it
)

// maxValue is what one property is given to hold; Google allows 1,024 characters. Longer values are continued under the
// same name with .2, .3, …
const maxValue = 1000

func ourProperties(all map[string]string) map[string]string {
	var out map[string]string
	for name, value := range all {
		if strings.HasPrefix(name, seriesPrefix) || strings.HasPrefix(name, "bilateral.") {
			if out == nil {
				out = make(map[string]string)
			}
			out[name] = value
		}
	}
	return out
}

// values joins and decodes the properties below a prefix, by what follows it. Empty ones are as if they were not there.
func values(properties map[string]string, prefix string) map[string]string {
	var out map[string]string
	for name, value := range properties {
		key, ours := strings.CutPrefix(name, prefix)
		if !ours || value == "" || strings.Contains(key, ".") {
			continue
		}
		for n := 2; ; n++ {
			more := properties[part(name, n)]
			if more == "" {
				break
			}
			value += more
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[key] = decode(value)
	}
	return out
}

func part(name string, n int) string {
	if n == 1 {
		return name
	}
	return name + "." + strconv.Itoa(n)
}

func seriesMark(master *entry) calendar.Mark {
	return calendar.Mark(values(master.Properties, seriesPrefix))
}

// instanceMark is the mark of an exception; of a cancelled one the master's note goes before what was seen of it last.
func instanceMark(master, x *entry) calendar.Mark {
	if x.Cancelled && master != nil {
		if note, kept := gone(master)[goneKey(x.Original)]; kept {
			return note
		}
	}
	return calendar.Mark(values(x.Properties, instancePrefix))
}

func goneKey(original moment) string { return original.instant().UTC().Format(utcFormat) }

// gone are the notes of a master about cancelled instances, by original start.
func gone(master *entry) map[string]calendar.Mark {
	out := make(map[string]calendar.Mark)
	for key, text := range values(master.Properties, gonePrefix) {
		fields, err := url.ParseQuery(text)
		if err != nil {
			continue
		}
		m := make(calendar.Mark)
		for k := range fields {
			m[k] = fields.Get(k)
		}
		out[key] = m
	}
	return out
}

func goneNote(m calendar.Mark) string {
	fields := make(url.Values)
	for k, v := range m {
		fields.Set(k, v)
	}
	if len(fields) == 0 {
		return "-" // it is ours all the same
	}
	return fields.Encode()
}

// instant of a moment; a date is its midnight in UTC, which only serves to tell dates apart.
func (m moment) instant() time.Time {
	if m.Date == "" {
		return m.At
	}
	t, _ := time.Parse(time.DateOnly, m.Date) // it was read before
	return t
}

var (
	plain    = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?$`)
	validKey = regexp.MustCompile(`^[a-z0-9-]{1,28}$`)
)

const encoded = "b64."

func encode(value string) string {
	if plain.MatchString(value) && !strings.HasPrefix(value, encoded) {
		return value
	}
	return encoded + base64.RawURLEncoding.EncodeToString([]byte(strings.ToValidUTF8(value, string(utf8.RuneError))))
}

func decode(value string) string {
	coded, is := strings.CutPrefix(value, encoded)
	raw, err := base64.RawURLEncoding.DecodeString(coded)
	if !is || err != nil {
		return value
	}
	return string(raw)
}

// edits are changes of extended properties; nil removes one.
type edits map[string]*string

// set makes a key have a value, or none where it is empty. was are the properties as they stand.
func (e edits) set(was map[string]string, prefix, key, value string) error {
	if !validKey.MatchString(key) && prefix != gonePrefix {
		return fmt.Errorf("mark key %q: only up to 28 lower-case letters, digits and hyphens can be kept", key)
	}
	name, n := prefix+key, 1
	if value != "" {
		for rest := encode(value); rest != ""; n++ {
			cut := min(len(rest), maxValue) // plain values and base64 are ASCII
			piece := rest[:cut]
			e[part(name, n)], rest = &piece, rest[cut:]
		}
	}
	for ; was[part(name, n)] != ""; n++ {
		e[part(name, n)] = nil
	}
	return nil
}

func (e edits) setAll(was map[string]string, prefix string, m calendar.Mark) error {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if err := e.set(was, prefix, key, m[key]); err != nil {
			return err
		}
	}
	return nil
}

// properties is the part of a request that makes the edits; nil where there are none.
func (e edits) properties() *gcal.EventExtendedProperties {
	if len(e) == 0 {
		return nil
	}
	p := &gcal.EventExtendedProperties{Private: make(map[string]string)}
	for name, value := range e {
		if value == nil {
			p.ForceSendFields, p.NullFields = []string{"Private"}, append(p.NullFields, "Private."+name)
		} else {
			p.Private[name] = *value
		}
	}
	return p
}
