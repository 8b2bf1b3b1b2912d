package signin

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/web"

	"golang.org/x/oauth2"
)

// skew is how far a clock may be off: Google takes a service account's word only if its times are near.
const skew = 5 * time.Minute

// refusal tells what it means that no token came. The body of an answer is never repeated: it may hold a secret.
func (o *Options) refusal(err error, c credentials) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		var request *url.Error
		if errors.As(err, &request) {
			err = request.Err
		} else if text, ok := strings.CutPrefix(err.Error(), "oauth2: "); ok {
			err = errors.New(text)
		}
		return o.fails(calendar.Unreachable, err)
	}
	status := answered.Response.StatusCode
	_, again := web.Refusal(status, answered.Response.Header, o.now())
	e := &calendar.Error{Op: "sign in to", Target: "calendar " + o.Calendar, RetryAt: again}
	switch {
	case status == http.StatusTooManyRequests:
		e.Kind = calendar.Quota
	case status >= 500 || status < 400:
		e.Kind, e.Err = calendar.Unreachable, errors.New(http.StatusText(status))
	default:
		fault := o.judge(answered, c)
		fault.Client = c.client
		e.Kind, e.Op, e.Err = calendar.SignIn, opFor(calendar.SignIn), fault
	}
	return e
}

// judge reads the code of a refusal (RFC 6749 section 5.2, and Google's own).
func (o *Options) judge(answer *oauth2.RetrieveError, c credentials) *Error {
	code, words := codeOf(answer)
	switch code {
	case "invalid_client", "deleted_client", "disabled_client":
		return o.fault(OtherClient, detail(code), nil)
	case "unauthorized_client", "access_denied":
		if c.service != nil {
			return o.fault(Undelegated, subjectOf(c), nil)
		}
		return o.fault(OtherClient, detail(code), nil)
	case "invalid_grant":
		if c.service == nil {
			return o.fault(Lost, "", nil)
		}
		return o.judgeKey(answer, words, c)
	case "":
		return o.fault(Refused, http.StatusText(answer.Response.StatusCode), nil)
	}
	return o.fault(Refused, code, nil)
}

// judgeKey tells the reasons apart that Google gives one code for.
func (o *Options) judgeKey(answer *oauth2.RetrieveError, words string, c credentials) *Error {
	if theirs, err := http.ParseTime(answer.Response.Header.Get("Date")); err == nil {
		if off := o.now().Sub(theirs).Round(time.Minute).Abs(); off >= skew {
			return o.fault(Clock, off.String(), nil)
		}
	}
	switch {
	case strings.Contains(words, "reasonable timeframe"):
		return o.fault(Clock, "more than it allows", nil)
	case strings.Contains(words, "Invalid email") && c.service.Subject != "":
		return o.fault(BadSubject, c.service.Subject, nil)
	}
	return o.fault(BadKey, "", nil)
}

func subjectOf(c credentials) string {
	if c.service.Subject != "" {
		return c.service.Subject
	}
	return "itself"
}

// codeOf finds the code and the words of a refusal; oauth2 reads those of a service account not.
func codeOf(answer *oauth2.RetrieveError) (code, words string) {
	if answer.ErrorCode != "" {
		return word(answer.ErrorCode), answer.ErrorDescription
	}
	var body struct {
		Code  string `json:"error"`
		Words string `json:"error_description"`
	}
	if json.Unmarshal(answer.Body, &body) != nil {
		return "", ""
	}
	return word(body.Code), body.Words
}

// word lets pass what looks like one of the codes, which are short and without spaces, and nothing else.
func word(code string) string {
	if len(code) > 40 || strings.ContainsFunc(code, func(r rune) bool { return r != '_' && r != '-' && (r < 'a' || r > 'z') }) {
		return ""
	}
	return code
}

func detail(code string) string { return " (" + code + ")" }
