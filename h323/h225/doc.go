// Package h225 holds the messages of ITU-T H.225.0 version 7 (12/2009), module
// H323-MESSAGES: RAS, with RasMessage as its outermost value, and call
// signalling, with H323UserInformation, which stands in a user-user information
// element of Q.931 (package q931).
//
// The types with their tags are the syntax, by the rules of package per. They
// only carry values: what a message demands of an endpoint is not known here.
// Messages of versions 1 to 8 decode; what they have that version 7 has not is
// kept and written again.
package h225
