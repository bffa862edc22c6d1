package h245

import "parley/h323/per"

// Unsigned returns the number that the value holds, in whatever kind.
func (v *ParameterValue) Unsigned() (uint32, bool) {
	switch {
	case v.BooleanArray != nil:
		return uint32(*v.BooleanArray), true
	case v.UnsignedMin != nil:
		return uint32(*v.UnsignedMin), true
	case v.UnsignedMax != nil:
		return uint32(*v.UnsignedMax), true
	case v.Unsigned32Min != nil:
		return *v.Unsigned32Min, true
	case v.Unsigned32Max != nil:
		return *v.Unsigned32Max, true
	}
	return 0, false
}

// unsigned sets each variable by the first parameter of its number, whatever
// the kind of its value: makers differ in it. Others are left as they are.
func unsigned(list []GenericParameter, into map[uint8]*uint32) {
	seen := make(map[uint8]bool, len(into))
	for i := range list {
		id := list[i].ParameterIdentifier.Standard
		if id == nil || into[*id] == nil || seen[*id] {
			continue
		}
		if n, ok := list[i].ParameterValue.Unsigned(); ok {
			*into[*id], seen[*id] = n, true
		}
	}
}

// has tells whether a parameter of that number is there, with any value.
func has(list []GenericParameter, number uint8) bool {
	for i := range list {
		if id := list[i].ParameterIdentifier.Standard; id != nil && *id == number {
			return true
		}
	}
	return false
}

func parameter(number uint8, v ParameterValue) GenericParameter {
	return GenericParameter{ParameterIdentifier: ParameterIdentifier{Standard: &number}, ParameterValue: v}
}

func logical(number uint8) GenericParameter {
	return parameter(number, ParameterValue{Logical: &per.Null{}})
}

func booleanArray(number, v uint8) GenericParameter {
	return parameter(number, ParameterValue{BooleanArray: &v})
}

func unsignedMin(number uint8, v uint16) GenericParameter {
	return parameter(number, ParameterValue{UnsignedMin: &v})
}
