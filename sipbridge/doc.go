// Package sipbridge lets SIP user agents take part in conferences: it is the
// focus of RFC 4579, to which a phone dials sip:CONFERENCE@host, and which can
// dial a phone.
//
// The transaction layer and the sockets are sipgo's; dialogs, the checks of
// what RFC 3261 asks of a request, offer/answer and all that has to do with
// the conference are here. Each call is run by one goroutine, which owns its
// state; the media go past it, straight between socket and mixer.
package sipbridge
