package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// schema is a part of the discovery document that describes a value (JSON Schema draft 3, as Google uses it).
type schema struct {
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Ref        string             `json:"$ref"`
	Properties map[string]*schema `json:"properties"`
	Additional *schema            `json:"additionalProperties"`
	Items      *schema            `json:"items"`
	Enum       []string           `json:"enum"`
	Minimum    string             `json:"minimum"`
	Maximum    string             `json:"maximum"`
	Location   string             `json:"location"`
	Required   bool               `json:"required"`
	Repeated   bool               `json:"repeated"`
	Notes      struct {
		Required []string `json:"required"` // the ids of the methods whose body must hold this
	} `json:"annotations"`
}

// checkText judges a parameter of a query.
func (s *schema) checkText(text string) error {
	switch s.Type {
	case "integer":
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is no 32-bit number", text)
		}
		return s.checkRange(float64(n))
	case "boolean":
		if text != "true" && text != "false" {
			return fmt.Errorf("%q is neither true nor false", text)
		}
	}
	return s.checkString(text)
}

func (s *schema) checkString(text string) error {
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
		return fmt.Errorf("%q is none of %q", text, s.Enum)
	}
	var err error
	switch s.Format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, text)
	case "date":
		_, err = time.Parse(time.DateOnly, text)
	}
	if err != nil {
		return fmt.Errorf("%q is no %s", text, s.Format)
	}
	return nil
}

func (s *schema) checkRange(n float64) error {
	if low, err := strconv.ParseFloat(s.Minimum, 64); err == nil && n < low {
		return fmt.Errorf("%v is below %v", n, low)
	}
	if high, err := strconv.ParseFloat(s.Maximum, 64); err == nil && n > high {
		return fmt.Errorf("%v is above %v", n, high)
	}
	return nil
}

// judge is how strictly a body is read.
type judge struct {
	api    *description
	method string // id, for required fields
	nulls  bool   // PATCH: null takes a field away
	reply  bool   // what the stand-in itself says
}

// check judges a JSON value against a schema; at names the place.
func (j judge) check(at string, s *schema, v any) error {
	if s.Ref != "" {
		s = j.api.Schemas[s.Ref]
	}
	if v == nil && (j.nulls || s.Type == "any") {
		return nil
	}
	switch s.Type {
	case "object":
		return j.checkObject(at, s, v)
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong(at, v, "an array")
		}
		for i, item := range list {
			if err := j.check(fmt.Sprintf("%s[%d]", at, i), s.Items, item); err != nil {
				return err
			}
		}
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrong(at, v, "a string")
		}
		return j.checkTime(at, s, text)
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong(at, v, "a boolean")
		}
	case "integer", "number":
		n, ok := v.(float64)
		if !ok || s.Type == "integer" && (n != math.Trunc(n) || math.Abs(n) > math.MaxInt32) {
			return wrong(at, v, "a 32-bit number")
		}
		return s.checkRange(n)
	}
	return nil
}

// checkTime judges text. A request's dateTime may lack its offset where timeZone is given, which the handler judges.
func (j judge) checkTime(at string, s *schema, text string) error {
	if s.Format == "date-time" && !j.reply {
		if _, err := time.Parse("2006-01-02T15:04:05", text); err == nil {
			return nil
		}
	}
	if err := s.checkString(text); err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return nil
}

func (j judge) checkObject(at string, s *schema, v any) error {
	fields, ok := v.(map[string]any)
	if !ok {
		return wrong(at, v, "an object")
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		of := s.Properties[name]
		if of == nil {
			of = s.Additional
		}
		if of == nil {
			return fmt.Errorf("%s: unknown name %q", at, name)
		}
		if err := j.check(at+"."+name, of, fields[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if _, there := fields[name]; !there && slices.Contains(s.Properties[name].Notes.Required, j.method) {
			return errRequired(name)
		}
	}
	return nil
}

// errRequired is the name of a field that a body lacks.
type errRequired string

func (e errRequired) Error() string { return "Missing " + string(e) + "." }

func wrong(at string, v any, want string) error {
	return fmt.Errorf("%s: %T is not %s", at, v, want)
}

// checkBody judges the body of a request and returns it.
func (d *description) checkBody(m *method, data []byte) (object, *problem) {
	if m.Request == nil {
		if len(data) > 0 {
			return nil, badRequest("", "%s takes no body.", m.ID)
		}
		return nil, nil
	}
	var body object
	if err := json.Unmarshal(data, &body); err != nil || body == nil {
		return nil, &problem{Code: 400, Reason: "parseError", Message: "Parse Error"}
	}
	err := judge{api: d, method: m.ID, nulls: m.HTTPMethod == "PATCH"}.check("body", m.Request, body)
	var missing errRequired
	switch {
	case errors.As(err, &missing):
		return nil, (&problem{Code: 400, Reason: "required", Message: missing.Error()}).at(string(missing))
	case err != nil:
		return nil, badRequest("", "Invalid JSON payload received. %v", err)
	}
	return body, nil
}
