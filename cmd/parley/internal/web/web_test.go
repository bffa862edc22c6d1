package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, path, host string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if host != "" {
		r.Host = host
	}
	w := httptest.NewRecorder()
	Handler(func() string { return "lobby" }).ServeHTTP(w, r)
	return w
}

func TestPagesAndAssets(t *testing.T) {
	if w := get(t, "/", ""); w.Code != http.StatusFound || w.Header().Get("Location") != "/c/lobby" {
		t.Errorf("/ gives %d to %q", w.Code, w.Header().Get("Location"))
	}
	page := get(t, "/c/anything", "")
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), `<div id="root">`) {
		t.Fatalf("/c/anything gives %d", page.Code)
	}
	paths := regexp.MustCompile(`"(/assets/[^"]+)"`).FindAllStringSubmatch(page.Body.String(), -1)
	if len(paths) != 2 {
		t.Fatalf("the page names %d assets, want 2", len(paths))
	}
	for _, p := range paths {
		if w := get(t, p[1], ""); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s gives %d, %d bytes", p[1], w.Code, w.Body.Len())
		}
	}
	for _, p := range []string{"/assets/", "/assets/../web.go", "/c/", "/nothing"} {
		if w := get(t, p, ""); w.Code == http.StatusOK {
			t.Errorf("%s gives 200", p)
		}
	}
}

func TestPolicyIsStrictAndCannotBeWrittenTo(t *testing.T) {
	csp := get(t, "/c/lobby", "example.com:8080").Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "wss://example.com:8080", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy lacks %s: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "HOST") {
		t.Errorf("policy is not strict: %s", csp)
	}
	if csp := policyFor("x; script-src *"); strings.Contains(csp, "*") {
		t.Errorf("the Host header wrote into the policy: %s", csp)
	}
}
