// Package authentication puts the procedures of ITU-T H.235 onto the messages of
// H.225.0: RAS and call signalling, both ways. A [Signer] proves us to one peer,
// a [Verifier] proves its peers to a gatekeeper or an endpoint.
//
// In RAS, an endpoint and its gatekeeper agree on a [Method] in GRQ and GCF
// (H.225.0 clause 7.8, authenticationCapability and algorithmOIDs): the one
// offers with Offer, the other picks with Choose and answers with Offer of what
// it picked.
package authentication
