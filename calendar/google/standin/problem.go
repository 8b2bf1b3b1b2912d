package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// problem is a refusal, which goes out in Google's error format.
type problem struct {
	Code         int
	Domain       string // default "global"
	Reason       string
	Message      string
	Location     string // the parameter or header at fault
	RetryAfter   time.Duration
	Authenticate string // WWW-Authenticate
	inHeader     bool
	fault        bool // asked for by the test: no violation
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Code, p.Reason, p.Message) }

func (p *problem) at(parameter string) *problem {
	p.Location = parameter
	return p
}

func badRequest(parameter, format string, args ...any) *problem {
	return &problem{Code: 400, Reason: "badRequest", Message: fmt.Sprintf(format, args...), Location: parameter}
}

func invalid(parameter, format string, args ...any) *problem {
	return &problem{Code: 400, Reason: "invalid", Message: fmt.Sprintf(format, args...), Location: parameter}
}

func notFound() *problem { return &problem{Code: 404, Reason: "notFound", Message: "Not Found"} }

func forbidden(reason, message string) *problem {
	return &problem{Code: 403, Reason: reason, Message: message}
}

func deleted() *problem {
	return &problem{Code: 410, Reason: "deleted", Message: "Resource has been deleted"}
}

func conditionNotMet() *problem {
	return &problem{Code: 412, Reason: "conditionNotMet", Message: "Precondition Failed", Location: "If-Match", inHeader: true}
}

// notModified is no refusal, but like one it ends a request without a body.
func notModified() *problem { return &problem{Code: 304} }

// status is the canonical name of a code (google.rpc.Code).
func (p *problem) status() string {
	names := map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
		412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
	return names[p.Code]
}

func (p *problem) write(w http.ResponseWriter) {
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	if p.Authenticate != "" {
		w.Header().Set("WWW-Authenticate", p.Authenticate)
	}
	if p.Code == http.StatusNotModified {
		w.WriteHeader(p.Code)
		return
	}
	one := object{"domain": "global", "reason": p.Reason, "message": p.Message}
	if p.Domain != "" {
		one["domain"] = p.Domain
	}
	if p.Location != "" {
		one["location"], one["locationType"] = p.Location, "parameter"
		if p.inHeader {
			one["locationType"] = "header"
		}
	}
	all := object{"code": p.Code, "message": p.Message, "errors": []any{one}}
	if s := p.status(); s != "" {
		all["status"] = s
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(p.Code)
	json.NewEncoder(w).Encode(object{"error": all})
}
