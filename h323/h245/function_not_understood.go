package h245

import "parley/h323/per"

// FunctionNotUnderstood returns a message that was not understood.
type FunctionNotUnderstood struct {
	per.Choice
	Request  *RequestMessage
	Response *ResponseMessage
	Command  *CommandMessage
}

// FunctionNotSupported returns the octets of a message, and why nothing was
// done.
type FunctionNotSupported struct {
	Cause            FunctionNotSupportedCause
	ReturnedFunction []byte `per:"optional"`
	Extension        per.Extension
}

// FunctionNotSupportedCause is why nothing was done.
type FunctionNotSupportedCause struct {
	per.Choice
	SyntaxError     *per.Null
	SemanticError   *per.Null
	UnknownFunction *per.Null
	Extension       per.Extension
}
