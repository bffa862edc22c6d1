// Package doctor finds out why multicast does not work on a network: it joins a
// probe group, sends to it, listens to queriers and to another doctor that answers,
// reads what the system tells, and says of each finding how to mend it.
//
// Looking (Examine) and judging (Judge) are apart: the latter is a function of what
// was observed.
package doctor
