// Package h460 is features of the H.460 series, as they ride in featureSet and
// genericData of H.225.0 and in genericInformation of H.245: how they are found
// (H.460.1), RAS inside of call signalling (H.460.17), the way of signalling
// (H.460.18) and media (H.460.19) through firewalls and address translation, and
// call signalling over TLS (H.460.22).
//
// In H.460.18 and H.460.19 a client is who is behind the firewall and opens all
// connections and media ways from there; a server is in the open.
package h460
