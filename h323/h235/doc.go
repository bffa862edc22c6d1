// Package h235 holds the tokens of ITU-T H.235.0, module
// H235-SECURITY-MESSAGES, as H.225.0 and H.245 carry them. It only has the
// messages: keys, hashes and ciphers are of those who use them.
//
// The types are those of H.235.0 (09/2005); what its later editions add is read
// from the Extension, so that what we write has the bitmaps that others expect.
package h235
