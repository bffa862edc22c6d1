package main

import (
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleTime is how long a file must be left alone before it is read: editors
// write it in several steps.
const settleTime = 200 * time.Millisecond

// fileWatch tells when a file has changed. A nil fileWatch watches nothing.
type fileWatch struct {
	watcher *fsnotify.Watcher
	events  chan struct{}
	done    chan struct{}
	ended   sync.WaitGroup
}

// watchFile watches the folder of a file, since editors and orchestrators put
// a new file (or a link to one) in its place.
func watchFile(path string) (*fileWatch, error) {
	if path == "" {
		return nil, nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := w.Add(filepath.Dir(path)); err != nil {
		_ = w.Close() // nothing has been watched
		return nil, err
	}
	f := &fileWatch{watcher: w, events: make(chan struct{}, 1), done: make(chan struct{})}
	f.ended.Go(func() { f.run(path) })
	return f, nil
}

func (f *fileWatch) run(path string) {
	target, _ := filepath.EvalSymlinks(path)
	settled := time.NewTimer(0)
	<-settled.C
	defer settled.Stop()
	for {
		select {
		case e, ok := <-f.watcher.Events:
			if !ok {
				return
			}
			now, _ := filepath.EvalSymlinks(path)
			own := filepath.Clean(e.Name) == filepath.Clean(path) && e.Op&^fsnotify.Chmod != 0
			if own || now != target {
				target = now
				settled.Reset(settleTime)
			}
		case <-settled.C:
			select {
			case f.events <- struct{}{}:
			default: // not taken up yet
			}
		case <-f.watcher.Errors: // an overflow: the next change is seen again
		case <-f.done:
			return
		}
	}
}

// changed delivers once for each settled change.
func (f *fileWatch) changed() <-chan struct{} {
	if f == nil {
		return nil
	}
	return f.events
}

func (f *fileWatch) close() {
	if f == nil {
		return
	}
	close(f.done)
	_ = f.watcher.Close()
	f.ended.Wait()
}
