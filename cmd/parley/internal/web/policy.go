package web

import "strings"

// policyFor fills in the host under which the page was asked for. A Host
// header is foreign text: one with anything but the characters of a host and a
// port would write into the policy, and is left out.
func policyFor(host string) string {
	ok := host != "" && strings.IndexFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(".-_:[]", r)
	}) < 0
	if !ok {
		return strings.ReplaceAll(policy, " ws://HOST wss://HOST", "")
	}
	return strings.ReplaceAll(policy, "HOST", host)
}
