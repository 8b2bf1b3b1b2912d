package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/internal/store"
)

// write is one Change and the pieces that asked for it.
type write struct {
	calendar.Change
	pieces []*piece
}

// writes groups the pieces into one change a series, leaving out what holds already. An ending series comes before the
// one that takes over.
func (w *work) writes() []write {
	var out []write
	for _, uid := range w.touched() {
		x := write{Change: calendar.Change{UID: uid}}
		var master calendar.Patch
		var instances []calendar.InstancePatch
		for k := range w.pieces {
			p := &w.pieces[k]
			switch {
			case p.uid != uid:
				continue
			case p.create != nil:
				x.Create = p.create
			case p.original.IsZero():
				master = master.Over(p.patch)
			default:
				instances = append(instances, calendar.InstancePatch{Original: p.original, Patch: p.patch})
			}
			x.pieces = append(x.pieces, p)
		}
		if x.close(w.found, master, instances) {
			out = append(out, x)
		}
	}
	return out
}

// close completes the change against the series as it stands, and reports whether anything is left to write.
func (x *write) close(f found, master calendar.Patch, instances []calendar.InstancePatch) bool {
	if x.Create != nil {
		c, _ := calendar.Diff(calendar.Series{UID: x.UID}, calendar.Patch{}, instances)
		x.Instances = c.Instances
		return true
	}
	k := slices.IndexFunc(f.read, func(s calendar.Series) bool { return s.UID == x.UID })
	if k < 0 {
		return false
	}
	c, any := calendar.Diff(f.read[k], master, instances)
	x.Change = c
	return any
}

// touched lists the UIDs of the pieces, those that stand before those to be made.
func (w *work) touched() []string {
	var old, made []string
	for _, p := range w.pieces {
		if p.create != nil && !slices.Contains(made, p.uid) {
			made = append(made, p.uid)
		}
	}
	for _, p := range w.pieces {
		if !slices.Contains(made, p.uid) && !slices.Contains(old, p.uid) {
			old = append(old, p.uid)
		}
	}
	return append(old, made...)
}

// maxWrites is how many writes a day a bilateral may make by itself.
const maxWrites = 20

// apply writes what was worked out, one series after the other, and reports the steps.
func (w *work) apply(ctx context.Context) error {
	writes := w.writes()
	defer func() { w.report.Steps = w.steps(writes) }()
	switch {
	case w.Dry || !w.acting():
		return nil
	case w.fuse != "":
		return &errStopped{"fuse_blown", "nothing is written: " + w.fuse}
	case len(writes) == 0 && !w.found.gone:
		return nil
	}
	together, err := w.vanishedTogether()
	switch {
	case err != nil:
		return err
	case together != "":
		w.halted = true
		return &errStopped{"fuse_blown", "nothing is written: " + together}
	}
	for k := range writes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.applyOne(ctx, &writes[k]); err != nil {
			return err
		}
	}
	return nil
}

// writeLimit is how long a write in hand may take after the daemon was told to end.
const writeLimit = time.Minute

func (w *work) applyOne(ctx context.Context, x *write) error {
	exempt := !slices.ContainsFunc(x.pieces, func(p *piece) bool { return !p.exempt })
	if !exempt {
		n, err := w.Store.WritesIn(w.b.Name, calendar.Span{Start: w.Now.Add(-24 * time.Hour), End: w.Now})
		if err != nil {
			return err
		}
		if n >= maxWrites {
			return &errStopped{"fuse_writes", fmt.Sprintf("nothing more is written for %s today: %d writes in a day", w.b.Name, n)}
		}
	}
	actions, err := w.actions(x)
	if err != nil {
		return err
	}
	id, err := w.Store.BeginIntent(store.Intent{Bilateral: w.b.Name, UID: x.UID, Actions: actions, Version: x.Version, Exempt: exempt, At: w.Now,
		Letters: w.letters[x.UID]})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit) // a write that began is finished
	defer cancel()
	version, err := w.b.Home.Account.Apply(ctx, x.Change)
	if err != nil {
		if kind := calendar.KindOf(err); kind == calendar.Quota || kind == calendar.Unreachable {
			w.sights[w.b.Home].trouble = err // it rests, although it can be read
		}
		return w.failed(id, x, err)
	}
	return w.done(id, x, version, actions)
}

// actions are what the write does, for the history, if a person would ask about it.
func (w *work) actions(x *write) ([]store.Action, error) {
	var out []store.Action
	for _, p := range x.pieces {
		if p.Action == "note" {
			continue
		}
		a := store.Action{Bilateral: w.b.Name, Period: p.Period, Action: p.Action, From: p.From, To: p.To, Mails: p.Mails, Sentence: p.Reason, At: w.Now}
		for _, d := range w.decided {
			if d.Period.Key != p.Period {
				continue
			}
			evidence, err := json.Marshal(d.Blockers)
			if err != nil {
				return nil, err
			}
			a.Code, a.Evidence = d.Code, evidence
		}
		out = append(out, a)
	}
	return out, nil
}

// failed closes the intent of a write that certainly did nothing, and leaves it open where nobody knows: the next pass
// looks at the world.
func (w *work) failed(id int64, x *write, err error) error {
	switch calendar.KindOf(err) {
	case calendar.Conflict, calendar.Exists, calendar.Gone, calendar.Denied, calendar.SignIn, calendar.Quota, calendar.Unsupported:
		if e := w.Store.FinishIntent(id, false, err.Error(), "", w.Now); e != nil {
			return e
		}
	}
	if calendar.KindOf(err) == calendar.Exists && x.Create != nil {
		if e := w.rememberTaken(x.UID); e != nil {
			return e
		}
	}
	return fmt.Errorf("write the series of %s to %s: %w", w.b.Name, w.b.Home.Name, err)
}

// rememberTaken keeps that a series of that name was made before: the calendar gives no name twice, also where the series
// was deleted and the database that knew of it is lost. If it is not to be seen, it vanished, and `start` makes another one.
func (w *work) rememberTaken(uid string) error {
	if err := w.Store.Remember(w.b.Name, uid, w.b.Home.Name, w.Now); err != nil {
		return err
	}
	return w.Store.MarkGone(w.b.Name, uid, time.Time{})
}

func (w *work) done(id int64, x *write, version string, actions []store.Action) error {
	w.wrote = true
	if err := w.Store.FinishIntent(id, true, "written", version, w.Now, actions...); err != nil {
		return err
	}
	if err := w.Store.Remember(w.b.Name, x.UID, w.b.Home.Name, w.Now); err != nil {
		return err
	}
	if text := x.told(); text != "" {
		if err := w.Store.SetTold(w.b.Name, x.UID, text); err != nil {
			return err
		}
	}
	for _, p := range x.pieces {
		p.Done = true
		if p.publish != nil {
			if err := w.Store.SetPublished(w.b.Name, p.publish.original, p.publish.Publication); err != nil {
				return err
			}
		}
		w.log(p)
	}
	return nil
}

// told is what the write says that the executive was told; "" where it changes nothing of that.
func (x write) told() string {
	switch {
	case x.Create != nil:
		return x.Create.Mark[keyTold]
	case x.Series != nil:
		return x.Series.Mark[keyTold]
	}
	return ""
}

// log tells the log what was done, if a person would ask about it.
func (w *work) log(p *piece) {
	if p.Action == "note" {
		return
	}
	line := w.Log.Info().Str("bilateral", w.b.Name).Str("period", p.Period).Str("action", p.Action)
	if !p.From.IsZero() {
		line = line.Time("from", p.From.Start)
	}
	if !p.To.IsZero() {
		line = line.Time("to", p.To.Start)
	}
	line.Strs("mails", p.Mails).Str("reason", p.Reason).Msg("written")
}

// steps are the pieces of the writes, for people: our own bookkeeping is no step, but a plan that keeps quiet about a write
// would not be true.
func (w *work) steps(writes []write) []Step {
	var out []Step
	for _, x := range writes {
		before := len(out)
		for _, p := range x.pieces {
			if p.Action != "note" && x.touches(p) {
				out = append(out, p.Step)
			}
		}
		if len(out) == before && w.Dry {
			out = append(out, Step{Bilateral: w.b.Name, Action: "note", Reason: "our own mark in the series is brought up to date; nobody is told"})
		}
	}
	return out
}

// touches reports whether anything of the piece is in the change: the rest of it may hold already.
func (x write) touches(p *piece) bool {
	if p.create != nil || p.original.IsZero() {
		return p.create != nil || x.Series != nil
	}
	return slices.ContainsFunc(x.Instances, func(i calendar.InstancePatch) bool { return i.Original.Equal(p.original) })
}
