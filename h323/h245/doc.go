// Package h245 is the control protocol of multimedia calls (ITU-T H.245,
// version 16), as far as its messages go: every message is a Go type with the
// tags of package per, in one file per family, named as in the Recommendation.
// The state machines that exchange them are not here.
//
// # Values
//
// A CHOICE is a struct of which one field is set; a NULL among its alternatives
// is a *per.Null:
//
//	m := h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
//		MasterSlaveDeterminationAck: &h245.MasterSlaveDeterminationAck{
//			Decision: h245.MasterSlaveDecision{Master: &per.Null{}},
//		},
//	}}
//	octets, err := m.Marshal()
//
// Optional fields are pointers or slices. What a later version adds stays in
// the Extension fields, and is sent again as it came.
//
// # Generic capabilities
//
// Other Recommendations define capabilities and messages in terms of
// [GenericCapability] and [GenericMessage]: see [H264Capability] and
// [H239Message] for such in plain fields, and [IdentifierName] for the
// identifiers that are known.
//
// Clauses without a document are those of H.245.
package h245
