package trackertest

import (
	"testing"

	"github.com/altracker/altracker/tracker"
)

// A frontend that is none: the kit and Plain against themselves.
func TestScriptAgreesWithPlain(t *testing.T) {
	for _, all := range []bool{false, true} {
		Run(t, Frontend{
			AllFamilies: all,
			Serve: func(_ *testing.T, h tracker.Handler) Client {
				return direct{handler: public{h}, allFamilies: all}
			},
		}, func() tracker.Handler { return NewPlain() })
	}
}

// public keeps inner errors from clients, as frontends must.
type public struct{ tracker.Handler }

func (p public) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	err := p.Handler.Announce(r, a)
	if _, ok := err.(tracker.Failure); err != nil && !ok {
		return tracker.Failure("internal error")
	}
	return err
}
