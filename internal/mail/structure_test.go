package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"bilateral/internal/mail"
)

// odd is a server that says of some mails what no program expects.
type odd struct {
	structure map[string]string // by UID
	mu        sync.Mutex
	sessions  int
	read      []string // UIDs fetched whole
}

const (
	plainMail  = `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1 NIL NIL NIL NIL)`
	answerMail = `("TEXT" "CALENDAR" ("METHOD" "REPLY") NIL NIL "7BIT" 5 1 NIL NIL NIL NIL)`
	// What Cyrus 3.6 says of a bounce.
	bounceMail = `(("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 5 1 NIL NIL NIL NIL)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 5 NIL NIL 1 NIL NIL NIL NIL) "REPORT" NIL NIL NIL NIL)`
)

func (o *odd) serve(t *testing.T) (address string) {
	l := listen(t, nil)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go o.talk(conn)
		}
	}()
	return l.Addr().String()
}

func (o *odd) talk(conn net.Conn) {
	defer conn.Close()
	o.mu.Lock()
	o.sessions++
	o.mu.Unlock()
	fmt.Fprint(conn, "* OK [CAPABILITY IMAP4rev1] hello\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		tag, command, _ := strings.Cut(lines.Text(), " ")
		switch {
		case strings.HasPrefix(command, "EXAMINE"):
			fmt.Fprintf(conn, "* FLAGS ()\r\n* %d EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT %d] x\r\n", len(o.structure), len(o.structure)+1)
		case strings.HasPrefix(command, "UID SEARCH"):
			fmt.Fprint(conn, "* SEARCH")
			for n := range o.structure {
				fmt.Fprint(conn, " ", n)
			}
			fmt.Fprint(conn, "\r\n")
		case strings.HasPrefix(command, "UID FETCH"):
			o.fetch(conn, strings.TrimPrefix(command, "UID FETCH "))
		}
		fmt.Fprintf(conn, "%s OK done\r\n", tag)
	}
}

func (o *odd) fetch(conn net.Conn, what string) {
	set, items, _ := strings.Cut(what, " ")
	from, to := 0, 0
	if n, _ := fmt.Sscanf(set, "%d:%d", &from, &to); n == 1 {
		to = from
	}
	for n := from; n <= to; n++ {
		uid := fmt.Sprint(n)
		if strings.Contains(items, "BODYSTRUCTURE") {
			fmt.Fprintf(conn, "* %d FETCH (UID %d RFC822.SIZE 500 BODYSTRUCTURE %s)\r\n", n, n, o.structure[uid])
			continue
		}
		o.mu.Lock()
		o.read = append(o.read, uid)
		o.mu.Unlock()
		text := reply(n, "DECLINED")
		fmt.Fprintf(conn, "* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n", n, n, len(text), text)
	}
}

func TestAStructureThatNobodyUnderstandsHidesNoOther(t *testing.T) {
	for _, row := range []struct {
		sentence string
		odd      string
		where    int
		of       int
	}{
		{"a bounce as Cyrus tells it, alone", bounceMail, 1, 1},
		{"a bounce before an answer", bounceMail, 1, 2},
		{"a bounce among answers", bounceMail, 4, 7},
		{"a bounce as the last", bounceMail, 9, 9},
		{"no structure at all", `()`, 2, 3},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := &odd{structure: map[string]string{}}
			var want []string
			for n := 1; n <= row.of; n++ {
				o.structure[fmt.Sprint(n)] = answerMail
				want = append(want, fmt.Sprintf("12-%02d DECLINED", n)) // the odd one too: what it holds is found out by reading it
			}
			o.structure[fmt.Sprint(row.where)] = row.odd
			m := open(t, mail.Options{IMAP: "imap://" + o.serve(t), Username: "alice"})
			list, err := m.Replies(context.Background())
			if err != nil || said(list) != strings.Join(want, ", ") {
				t.Fatalf("read %q, want %q, %v", said(list), want, err)
			}
			o.mu.Lock()
			sessions := o.sessions
			o.mu.Unlock()
			if sessions > 6 {
				t.Errorf("%d sessions", sessions)
			}
			if _, err := m.Replies(context.Background()); err != nil {
				t.Error(err)
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			if o.sessions != sessions+1 || len(o.read) != row.of {
				t.Errorf("a second look: %d more sessions, %d mails read of %d", o.sessions-sessions, len(o.read), row.of)
			}
		})
	}
	t.Run("a mail that is none is not read", func(t *testing.T) {
		o := &odd{structure: map[string]string{"1": plainMail}}
		m := open(t, mail.Options{IMAP: "imap://" + o.serve(t), Username: "alice"})
		if list, err := m.Replies(context.Background()); err != nil || len(list) > 0 || len(o.read) > 0 {
			t.Errorf("read %q of %v, %v", said(list), o.read, err)
		}
	})
}
