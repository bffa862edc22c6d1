package h245

import "parley/h323/per"

type FunctionNotUnderstood struct {
	per.Choice
	Request  *RequestMessage
	Response *ResponseMessage
	Command  *CommandMessage
}

type FunctionNotSupported struct {
	Cause            FunctionNotSupportedCause
	ReturnedFunction []byte `per:"optional"`
	Extension        per.Extension
}

type FunctionNotSupportedCause struct {
	per.Choice
	SyntaxError     *per.Null
	SemanticError   *per.Null
	UnknownFunction *per.Null
	Extension       per.Extension
}
