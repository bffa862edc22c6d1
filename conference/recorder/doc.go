// Package recorder is a Participant that only listens: it writes what is heard and
// seen in a conference to files, the sound mixed or each voice by itself, pictures
// as they came.
package recorder
