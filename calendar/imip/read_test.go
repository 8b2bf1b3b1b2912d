package imip_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar/imip"
)

func said(r imip.Reply) string {
	about := "series"
	if !r.Original.IsZero() {
		about = r.Original.Format(time.RFC3339)
	}
	s := fmt.Sprintf("%s %s of %s #%d %s by %s", r.Status, about, r.UID, r.Sequence, r.Stamp.Format("20060102T150405Z"), r.From)
	if r.Comment != "" {
		s += fmt.Sprintf(" saying %q", r.Comment)
	}
	if r.Counter != nil {
		s += " rather " + r.Counter.Start.Format(time.RFC3339) + "/" + r.Counter.End.Format(time.RFC3339)
	}
	return s
}

func allSaid(list []imip.Reply) (out []string) {
	for _, r := range list {
		out = append(out, said(r))
	}
	return out
}

// The mails are made after those that the programs of this world send.
func TestAnAnswerOf(t *testing.T) {
	for _, row := range []struct {
		sentence, file string
		want           []string
		err            string
	}{
		{"Exchange to one instance, in a Windows zone, with a note", "exchange_decline_instance", []string{
			`DECLINED 2026-12-02T14:30:00Z of w1@example.org #2 20261130T125959Z by dana@example.org saying "Board day. Could we do Thursday?"`}, ""},
		{"Exchange with another time, and a note that is none", "exchange_counter", []string{
			`TENTATIVE 2026-12-02T14:30:00Z of w1@example.org #2 20261130T125959Z by dana@example.org rather 2026-12-03T09:00:00Z/2026-12-03T09:45:00Z`}, ""},
		{"Google, as part and as attachment, once", "google_accept", []string{
			`ACCEPTED 2026-12-02T14:30:00Z of w1@example.org #1 20261125T090000Z by dana@example.org saying "Gladly, as ever"`}, ""},
		{"Apple to the whole series", "apple_series", []string{`ACCEPTED series of w1@example.org #0 20261123T100000Z by dana@example.org`}, ""},
		{"somebody to several instances in summer time, one of them in no zone that we know", "several_instances_latin1", []string{
			`DECLINED 2026-04-01T13:30:00Z of w1@example.org #1 20260330T100000Z by dana@example.org saying "Urlaub für zwei Wochen"`,
			`DELEGATED 2026-04-08T13:30:00Z of w1@example.org #1 20260330T100000Z by dana@example.org`}, "Nowhere/Known"},
	} {
		for _, ending := range []string{"\n", "\r\n"} {
			t.Run(fmt.Sprintf("%s, lines ending in %q", row.sentence, ending), func(t *testing.T) {
				data, err := os.ReadFile(filepath.Join("testdata", "mail", row.file+".eml"))
				if err != nil {
					t.Fatal(err)
				}
				data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte(ending))
				got, err := imip.ReadReplies(data)
				if list := allSaid(got); !slices.Equal(list, row.want) {
					t.Errorf("read\n%s\nwant\n%s", strings.Join(list, "\n"), strings.Join(row.want, "\n"))
				}
				if (err != nil) != (row.err != "") || err != nil && !strings.Contains(err.Error(), row.err) {
					t.Errorf("error %v, want %q", err, row.err)
				}
			})
		}
	}
}

func answer(method string, lines ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:" + method + "\r\nBEGIN:VEVENT\r\nUID:w1@example.org\r\nDTSTAMP:20261123T100000Z\r\n" +
		strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func letter(from, contentType, body string) string {
	return "From: " + from + "\r\nTo: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: " + contentType + "\r\n\r\n" + body
}

const (
	fromDana = "Dana Boss <dana@example.org>"
	byDana   = "ATTENDEE;PARTSTAT=DECLINED:mailto:dana@example.org"
	reply    = "text/calendar; method=REPLY; charset=UTF-8"
)

func TestNoAnswerIs(t *testing.T) {
	nested := letter(fromDana, "multipart/mixed; boundary=m", "--m\r\nContent-Type: message/rfc822\r\n\r\n"+letter(fromDana, reply, answer("REPLY", byDana))+"\r\n--m--\r\n")
	deep := answer("REPLY", byDana)
	contentType := reply
	for n := range 30 {
		deep = fmt.Sprintf("--b%d\r\nContent-Type: %s\r\n\r\n%s\r\n--b%d--\r\n", n, contentType, deep, n)
		contentType = fmt.Sprintf("multipart/mixed; boundary=b%d", n)
	}
	for _, row := range []struct{ sentence, mail, err string }{
		{"a mail without a calendar part", letter(fromDana, "text/plain", "hello\r\n"), ""},
		{"somebody's invitation", letter(fromDana, "text/calendar; method=REQUEST", answer("REQUEST", byDana)), ""},
		{"an answer in the name of another", letter("Eve <eve@example.com>", reply, answer("REPLY", byDana)), "it speaks for dana@example.org, but eve@example.com sent it"},
		{"an answer of nobody", letter(fromDana, reply, answer("REPLY")), "it speaks for nobody"},
		{"an answer whose sender only looks like the attendee", letter(`"dana@example.org" <eve@example.com>`, reply, answer("REPLY", byDana)), "eve@example.com sent it"},
		{"an answer from two senders", letter("dana@example.org, eve@example.com", reply, answer("REPLY", byDana)), "one From address"},
		{"an answer from no sender", "Content-Type: " + reply + "\r\n\r\n" + answer("REPLY", byDana), "one From address"},
		{"a part whose methods differ", letter(fromDana, "text/calendar; method=REQUEST", answer("REPLY", byDana)), `METHOD "REQUEST"`},
		{"a mail that was forwarded", nested, ""},
		{"an answer below thirty wrappings", letter(fromDana, contentType, deep), "the rest is not read"},
		{"an answer of two megabytes", letter(fromDana, reply, answer("REPLY", byDana, "COMMENT:"+strings.Repeat("long ", 400_000))), "more than 1 MiB"},
		{"a proposal without a time", letter(fromDana, "text/calendar; method=COUNTER", answer("COUNTER", byDana)), "DTSTART"},
		{"a proposal of no length", letter(fromDana, "text/calendar; method=COUNTER", answer("COUNTER", byDana, "DTSTART:20261202T143000Z")), "proposes no time"},
		{"an answer that is cut off", letter(fromDana, reply, answer("REPLY", byDana)[:120]), "not complete"},
		{"a mail that breaks off before its answer", letter(fromDana, "multipart/mixed; boundary=m", "--m\r\nContent-Type: text/pl"), "cannot be read"},
		{"nothing at all", "", ""},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			got, err := imip.ReadReplies([]byte(row.mail))
			if len(got) > 0 {
				t.Errorf("read %v", allSaid(got))
			}
			if (err != nil) != (row.err != "") || err != nil && !strings.Contains(err.Error(), row.err) {
				t.Errorf("error %v, want %q", err, row.err)
			}
		})
	}
}

func TestStillAnAnswerIs(t *testing.T) {
	const want = "DECLINED series of w1@example.org #0 20261123T100000Z by dana@example.org"
	text := answer("REPLY", byDana)
	for _, row := range []struct{ sentence, mail string }{
		{"one in a charset that nobody knows", letter(fromDana, "text/calendar; method=REPLY; charset=x-klingon", text)},
		{"one in an attachment without a type", letter(fromDana, "multipart/mixed; boundary=m",
			"--m\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=Reply.ICS\r\n\r\n"+text+"\r\n--m--\r\n")},
		{"one with the address in capitals", letter("DANA@EXAMPLE.ORG", reply, text)},
		{"one beside another's that cannot be believed", letter(fromDana, "multipart/mixed; boundary=m",
			"--m\r\nContent-Type: "+reply+"\r\n\r\n"+answer("REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:erin@example.org")+"\r\n--m\r\nContent-Type: "+reply+"\r\n\r\n"+text+"\r\n--m--\r\n")},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			got, err := imip.ReadReplies([]byte(row.mail))
			if list := allSaid(got); !slices.Equal(list, []string{want}) {
				t.Errorf("read %v, error %v", list, err)
			}
		})
	}
}

func FuzzReadReplies(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "mail", "*.eml"))
	if err != nil || len(files) == 0 {
		f.Fatal("no mails to begin with", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(letter(fromDana, reply, answer("REPLY", byDana))))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, _ := imip.ReadReplies(data)
		again, _ := imip.ReadReplies(data)
		if !slices.Equal(allSaid(list), allSaid(again)) {
			t.Errorf("read %v, then %v", allSaid(list), allSaid(again))
		}
		for _, r := range list {
			if r.UID == "" || r.From == "" || r.From != strings.ToLower(r.From) || r.Counter != nil && r.Counter.Length() <= 0 {
				t.Errorf("read %+v", r)
			}
		}
	})
}
