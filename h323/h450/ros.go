package h450

import "parley/h323/per"

// ROS is one remote operation (X.880; module Remote-Operations-Apdus of
// H.450.1).
type ROS struct {
	per.Choice
	Invoke       *Invoke
	ReturnResult *ReturnResult
	ReturnError  *ReturnError
	Reject       *Reject
}

// Invoke asks for an operation. Argument is that of the operation.
type Invoke struct {
	InvokeID uint16 `per:"range=0..65535,name=invokeId"`
	LinkedID *int64 `per:"optional,name=linkedId"`
	Opcode   Code
	Argument per.OpenType `per:"optional"`
}

// ReturnResult says that the operation was done.
type ReturnResult struct {
	InvokeID int64  `per:"name=invokeId"`
	Result   *Value `per:"optional"`
}

// Value is what an operation returns.
type Value struct {
	Opcode Code
	Result per.OpenType
}

// ReturnError says that the operation was understood, and not done.
type ReturnError struct {
	InvokeID  int64 `per:"name=invokeId"`
	ErrorCode Code
	Parameter per.OpenType `per:"optional"`
}

// Reject says that an APDU was not understood.
type Reject struct {
	InvokeID int64 `per:"name=invokeId"`
	Problem  Problem
}

// Problem is what was wrong: one of the constants below.
type Problem struct {
	per.Choice
	General      *int64
	Invoke       *int64
	ReturnResult *int64
	ReturnError  *int64
}

// Problems of an invoke.
const (
	InvokeDuplicateInvocation   int64 = 0
	InvokeUnrecognizedOperation int64 = 1
	InvokeMistypedArgument      int64 = 2
	InvokeResourceLimitation    int64 = 3
)

// Problems of a result and of an error.
const (
	ResultUnrecognizedInvocation int64 = 0
	ResultMistypedResult         int64 = 2
	ErrorUnrecognizedInvocation  int64 = 0
)

// Code names an operation or an error.
type Code struct {
	per.Choice
	Local  *int64
	Global per.OID
}

// local returns the Code of a standard's operation or error.
func local(n int64) Code { return Code{Local: &n} }

// Name says what the operation is and what became of it, for people:
// "holdNotific", "callTransferIdentify result", "error 1006".
func (r *ROS) Name() string {
	switch {
	case r.Invoke != nil:
		return operationName(r.Invoke.Opcode)
	case r.ReturnResult != nil && r.ReturnResult.Result != nil:
		return operationName(r.ReturnResult.Result.Opcode) + " result"
	case r.ReturnResult != nil:
		return "result"
	case r.ReturnError != nil && r.ReturnError.ErrorCode.Local != nil:
		return ErrorCode(*r.ReturnError.ErrorCode.Local).Error()[len("h450: "):]
	case r.ReturnError != nil:
		return "error"
	}
	return "reject"
}

func operationName(c Code) string {
	if c.Local == nil {
		return "operation of others"
	}
	return Operation(*c.Local).String()
}
