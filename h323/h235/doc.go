// Package h235 holds the tokens of ITU-T H.235.0, module
// H235-SECURITY-MESSAGES, as H.225.0 and H.245 carry them, and the hashes that
// prove a password: H.235.1 procedure I (HMAC-SHA1-96 over the message), the
// hashed password of H.225.0, and the access token of Cisco's gateways. What it
// hashes it takes as octets; parley/h323/authentication knows the messages.
//
// The types are those of H.235.0 (09/2005); what its later editions add is read
// from the Extension, so that what we write has the bitmaps that others expect.
package h235
