// Package negotiation is the offer/answer model of RFC 3264 as a machine
// without sockets or clocks: session descriptions in, session descriptions
// and what was agreed out.
package negotiation
