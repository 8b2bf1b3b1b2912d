package signin

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestWhatTheAPIRefusesForWantOfASignIn: two refusals concern the sign-in; any other is the caller's to judge, and whole.
func TestWhatTheAPIRefusesForWantOfASignIn(t *testing.T) {
	for _, row := range []struct {
		sentence, body string
		kind           calendar.ErrorKind
		fault          Fault
	}{
		{"the API is not enabled", `{"error":{"errors":[{"reason":"accessNotConfigured"}]}}`, calendar.Denied, APIOff},
		{"the API is not enabled, in newer words", `{"error":{"details":[{"reason":"SERVICE_DISABLED"}]}}`, calendar.Denied, APIOff},
		{"a scope was withdrawn", `{"error":{"errors":[{"reason":"insufficientPermissions"}]}}`, calendar.SignIn, Partial},
		{"the calendar is another's", `{"error":{"errors":[{"reason":"forbidden"}]}}`, 0, 0},
		{"a title speaks of it", `{"error":{"message":"insufficientPermissions"}}`[:40], 0, 0},
	} {
		f := newFake(t)
		o := f.signedIn(t)
		o.Base = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(row.body)), Request: r}, nil
		})}
		answer, err := newClient(t, o).Get(f.URL + "/calendar/v3/work")
		if row.fault == 0 {
			if err != nil || string(all(t, answer)) != row.body {
				t.Errorf("%s: got %v", row.sentence, err)
			}
			continue
		}
		var e *calendar.Error
		if !errors.As(err, &e) || e.Kind != row.kind {
			t.Errorf("%s: got %v", row.sentence, err)
		}
		wantFault(t, err, row.fault)
	}
}

func all(t *testing.T, answer *http.Response) []byte {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return body
}

// TestARenewalThatGivesLessIsToldAtOnce: the person took a box back in their Google account.
func TestARenewalThatGivesLessIsToldAtOnce(t *testing.T) {
	f := newFake(t)
	o := f.signedIn(t)
	f.sleep(2 * time.Hour)
	f.set(func() { f.grant = map[string]any{"scope": events + " " + list} })
	c := newClient(t, o)
	for range 2 {
		wantFault(t, f.do(c), Partial)
	}
	wantFault(t, f.do(newClient(t, o)), Partial)
}

func TestWhichFaultsALoginMends(t *testing.T) {
	for f := Absent; f <= Refused; f++ {
		text := "dana: read the calendar work: " + (&Error{Fault: f, Detail: " x"}).Error() + "; what was last seen of it is used"
		if want := f == Absent || f == Lost || f == Partial; LoginMends(text) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}
