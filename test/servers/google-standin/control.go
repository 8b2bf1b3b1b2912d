package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bilateral/calendar/google/standin"
)

// control is how a script is the other person and looks behind the scenes:
//
//	POST hand/PERSON/book          {"ID":…,"Title":…,"Start":…,"End":…,"Recurrence":[…],"Guests":[…],"More":{…}}
//	POST hand/PERSON/answer/ID     {"status":"declined","note":…}
//	POST hand/PERSON/drag/ID       {"start":…,"end":…}
//	POST hand/PERSON/edit/ID       fields of an event, as a PATCH has them
//	POST hand/PERSON/describe/ID   {"old":…,"new":…}: in the web page's editor
//	POST hand/PERSON/delete/ID
//	GET  hand/PERSON/event/ID
//	POST fault                     a standin.Fault; POST heal
//	POST consent/PERSON, deny, withdraw/PERSON, expire/tokens, expire/access
//	POST share/CALENDAR/PERSON/ROLE
//	GET  requests, mails, violations; POST forget
func control(server *standin.Server) http.Handler {
	mux := http.NewServeMux()
	tell := func(pattern string, what func() any) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, _ *http.Request) { answer(w, what(), nil) })
	}
	order := func(pattern string, do func(r *http.Request) error) {
		mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) { answer(w, map[string]any{}, do(r)) })
	}
	tell("/requests", func() any { return server.Requests() })
	tell("/mails", func() any { return server.Mails() })
	tell("/violations", func() any { return server.Violations() })
	order("/forget", func(*http.Request) error { server.Forget(); return nil })
	order("/heal", func(*http.Request) error { server.Heal(); return nil })
	order("/fault", func(r *http.Request) error {
		var f standin.Fault
		err := read(r, &f)
		if err == nil {
			server.Inject(f)
		}
		return err
	})
	order("/consent/{who}", func(r *http.Request) error { server.Consent(r.PathValue("who")); return nil })
	order("/deny", func(*http.Request) error { server.Deny(); return nil })
	order("/withdraw/{who}", func(r *http.Request) error { server.Withdraw(r.PathValue("who")); return nil })
	order("/expire/tokens", func(*http.Request) error { server.ExpireTokens(); return nil })
	order("/expire/access", func(*http.Request) error { server.ExpireAccess(); return nil })
	order("/share/{calendar}/{who}/{role}", func(r *http.Request) error {
		server.Share(r.PathValue("calendar"), r.PathValue("who"), r.PathValue("role"))
		return nil
	})
	hands(mux, server)
	return mux
}

// hands are the other person's deeds.
func hands(mux *http.ServeMux, server *standin.Server) {
	mux.HandleFunc("POST /hand/{who}/book", func(w http.ResponseWriter, r *http.Request) {
		var b standin.Booking
		if err := read(r, &b); err != nil {
			answer(w, nil, err)
			return
		}
		id, err := server.As(r.PathValue("who")).Book(b)
		answer(w, map[string]any{"id": id}, err)
	})
	mux.HandleFunc("GET /hand/{who}/event/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, server.As(r.PathValue("who")).Event(r.PathValue("id")), nil)
	})
	mux.HandleFunc("POST /hand/{who}/{deed}/{id}", func(w http.ResponseWriter, r *http.Request) {
		h, id := server.As(r.PathValue("who")), r.PathValue("id")
		err := deed(h, r, id)
		answer(w, h.Event(id), err)
	})
}

func deed(h *standin.Hand, r *http.Request, id string) error {
	var body struct {
		Status, Note, Old, New string
		Start, End             time.Time
	}
	switch name := r.PathValue("deed"); name {
	case "delete":
		return h.Delete(id)
	case "edit":
		var fields map[string]any
		if err := read(r, &fields); err != nil {
			return err
		}
		return h.Edit(id, fields)
	case "answer", "drag", "describe":
		if err := read(r, &body); err != nil {
			return err
		}
		switch name {
		case "answer":
			return h.Answer(id, body.Status, body.Note)
		case "drag":
			return h.Drag(id, body.Start, body.End)
		}
		return h.EditDescription(id, func(text string) string { return strings.ReplaceAll(text, body.Old, body.New) })
	default:
		return fmt.Errorf("nobody knows how to %q", name)
	}
}

func read(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		v = map[string]any{"error": err.Error()}
	}
	json.NewEncoder(w).Encode(v)
}
