package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestForwarded(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}
	for _, tt := range []struct {
		name, peer string
		header     []string
		want       string
	}{
		{"stranger", "192.0.2.1:1234", []string{"198.51.100.7"}, "192.0.2.1:1234"},
		{"proxy without a word", "127.0.0.1:1234", nil, "127.0.0.1:1234"},
		{"one proxy", "127.0.0.1:1234", []string{"192.0.2.9"}, "192.0.2.9:0"},
		{"who claims to be another", "127.0.0.1:1234", []string{"198.51.100.7, 192.0.2.9"}, "192.0.2.9:0"},
		{"two proxies", "127.0.0.1:1234", []string{"198.51.100.7, 192.0.2.9", "10.1.2.3"}, "192.0.2.9:0"},
		{"nonsense", "127.0.0.1:1234", []string{"192.0.2.9, <script>"}, "127.0.0.1:1234"},
		{"mapped", "[::ffff:127.0.0.1]:1234", []string{"::ffff:192.0.2.9"}, "192.0.2.9:0"},
		{"IPv6", "127.0.0.1:1234", []string{"2001:db8::1"}, "[2001:db8::1]:0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			h := forwarded(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr, r.Header["X-Forwarded-For"] = tt.peer, tt.header
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got != tt.want {
				t.Errorf("comes from %s, want %s", got, tt.want)
			}
		})
	}
}
