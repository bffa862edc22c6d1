package bridge

import (
	"errors"
	"time"

	"parley/h323"
	"parley/h323/h450"
	"parley/h323/media"
)

// independent owns a call that only carries supplementary services (H.225.0
// conferenceGoal callIndependentSupplementaryService) and has no seat. Its caller
// ends it, or else the clock.
type independent struct{ overdue *time.Timer }

var errNoMedia = errors.New("a call without media")

// Local implements h323.Owner.
func (*independent) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	return media.Addresses{}, errNoMedia
}

// Event implements h323.Owner.
func (i *independent) Event(line *h323.Call, e h323.Event) {
	switch e := e.(type) {
	case h323.Interrogated:
		line.AnswerInterrogation(e.InvokeID, nil, h450.NotActivated)
	case h323.TransferRequested:
		line.AnswerTransfer(h450.InvalidCallState)
	case h323.IdentifyRequested:
		line.AnswerIdentify("", nil)
	case h323.Connected:
		i.overdue = time.AfterFunc(maxIndependent, func() { line.Release(nil) })
	case h323.Released:
		if i.overdue != nil {
			i.overdue.Stop()
		}
	}
}
