package standin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// description is Google's own description of its calendar service: the discovery document that ships with the client
// module. It is read from the module cache, so that stand-in and client are held to the same revision.
type description struct {
	BasePath   string               `json:"basePath"`
	Parameters map[string]*schema   `json:"parameters"` // those that each method takes
	Schemas    map[string]*schema   `json:"schemas"`
	Resources  map[string]*resource `json:"resources"`
	Auth       struct {
		OAuth2 struct {
			Scopes map[string]any `json:"scopes"`
		} `json:"oauth2"`
	} `json:"auth"`
	methods []*method          // all, flattened
	byID    map[string]*method // by id: "calendar.events.list"
}

type resource struct {
	Methods   map[string]*method   `json:"methods"`
	Resources map[string]*resource `json:"resources"`
}

type method struct {
	ID         string             `json:"id"`
	HTTPMethod string             `json:"httpMethod"`
	Path       string             `json:"path"`
	Parameters map[string]*schema `json:"parameters"`
	Request    *schema            `json:"request"`
	Response   *schema            `json:"response"`
	Scopes     []string           `json:"scopes"`
	segments   []string
}

// readDescription reads the document once a process: it is 170 KB, and tests make many servers.
var readDescription = sync.OnceValues(func() (*description, error) {
	find := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api")
	var complaint bytes.Buffer
	find.Stderr = &complaint
	out, err := find.Output()
	if err != nil {
		return nil, fmt.Errorf("find the module google.golang.org/api: %w: %s; run this inside the project, or name calendar-api.json itself", err, strings.TrimSpace(complaint.String()))
	}
	return parseDescription(filepath.Join(strings.TrimSpace(string(out)), "calendar", "v3", "calendar-api.json"))
})

// parseDescription reads the discovery document from a file.
func parseDescription(file string) (*description, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read Google's description of the calendar service: %w; run: go mod download google.golang.org/api", err)
	}
	d := &description{byID: make(map[string]*method)}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	d.flatten(d.Resources)
	if len(d.methods) == 0 {
		return nil, fmt.Errorf("read %s: it describes no method", file)
	}
	return d, nil
}

func (d *description) flatten(resources map[string]*resource) {
	for _, r := range resources {
		for _, m := range r.Methods {
			m.segments = strings.Split(m.Path, "/")
			d.methods = append(d.methods, m)
			d.byID[m.ID] = m
		}
		d.flatten(r.Resources)
	}
}

// match finds the method of a request and the parameters in its path; known reports whether any method has that path.
func (d *description) match(verb string, u *url.URL) (found *method, path map[string]string, known bool) {
	rest, ok := strings.CutPrefix(u.EscapedPath(), d.BasePath)
	if !ok {
		return nil, nil, false
	}
	segments := strings.Split(rest, "/")
	best := -1
	for _, m := range d.methods {
		values, fixed, ok := m.reads(segments)
		if !ok {
			continue
		}
		known = true
		// "events/import" is also an event whose id is "import": the path with more fixed words goes before.
		if m.HTTPMethod == verb && fixed > best {
			found, path, best = m, values, fixed
		}
	}
	return found, path, known
}

// reads matches a path's segments against the template; fixed counts the segments that are no parameter.
func (m *method) reads(segments []string) (values map[string]string, fixed int, ok bool) {
	if len(segments) != len(m.segments) {
		return nil, 0, false
	}
	values = make(map[string]string)
	for i, template := range m.segments {
		name, parameter := strings.CutPrefix(template, "{")
		if !parameter {
			if segments[i] != template {
				return nil, 0, false
			}
			fixed++
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, 0, false
		}
		values[strings.TrimSuffix(name, "}")] = value
	}
	return values, fixed, true
}

// checkQuery judges the query parameters of a request: known, of their type, in range, once unless repeated.
func (d *description) checkQuery(m *method, query url.Values) *problem {
	for name, values := range query {
		p := m.Parameters[name]
		if p == nil || p.Location == "path" {
			p = d.Parameters[name]
		}
		if p == nil {
			return badRequest(name, "Unknown name %q: Cannot bind query parameter.", name)
		}
		if len(values) > 1 && !p.Repeated {
			return badRequest(name, "The parameter %q is not repeated.", name)
		}
		for _, v := range values {
			if err := p.checkText(v); err != nil {
				return badRequest(name, "Invalid value for parameter %q: %v", name, err)
			}
		}
	}
	for name, p := range m.Parameters {
		if p.Required && p.Location == "query" && !query.Has(name) {
			return (&problem{Code: 400, Reason: "required", Message: "Required parameter: " + name}).at(name)
		}
	}
	if n, ok := number(query.Get("maxResults")); ok && n > 2500 {
		// The document gives no maximum; its words for events.list do: "The page size can never be larger than 2500".
		return badRequest("maxResults", "Invalid value %d for maxResults: it must be in [1, 2500].", n)
	}
	return nil
}

// knows reports whether a scope is one of the service, or of those that say who signed in.
func (d *description) knows(scope string) bool {
	return d.Auth.OAuth2.Scopes[scope] != nil || slices.Contains([]string{"openid", "email", "profile"}, scope) ||
		strings.HasPrefix(scope, "https://www.googleapis.com/auth/userinfo.")
}

// allows reports whether one of the scopes opens the method.
func (m *method) allows(scopes []string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(m.Scopes, s) })
}
