package webrtc

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLog passes pion's log on at debug level: what is worth an operator's
// attention is logged by this package, with the participant's id.
type pionLog struct{ log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (p pionLog) NewLogger(scope string) logging.LeveledLogger {
	return pionScope{p.log.With("pion", scope)}
}

type pionScope struct{ log *slog.Logger }

func (p pionScope) say(level, msg string) { p.log.Debug(msg, "level", level) }

func (p pionScope) sayf(level, format string, args ...any) {
	if p.log.Enabled(context.Background(), slog.LevelDebug) {
		p.say(level, fmt.Sprintf(format, args...))
	}
}

func (p pionScope) Trace(string)                      {}
func (p pionScope) Tracef(string, ...any)             {}
func (p pionScope) Debug(string)                      {}
func (p pionScope) Debugf(string, ...any)             {}
func (p pionScope) Info(msg string)                   { p.say("info", msg) }
func (p pionScope) Infof(format string, args ...any)  { p.sayf("info", format, args...) }
func (p pionScope) Warn(msg string)                   { p.say("warn", msg) }
func (p pionScope) Warnf(format string, args ...any)  { p.sayf("warn", format, args...) }
func (p pionScope) Error(msg string)                  { p.say("error", msg) }
func (p pionScope) Errorf(format string, args ...any) { p.sayf("error", format, args...) }
