// Package web serves the page: TypeScript and Preact under src, committed and
// embedded in its built form under dist. "npm run build" there makes one out
// of the other; "make page" fails when they differ.
package web

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"
)

//go:embed dist
var dist embed.FS

// policy is what the page may load: itself. Nothing inline, nothing from
// elsewhere, no frames. The WebSocket is named besides 'self', which older
// browsers do not take to cover it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"media-src 'self' blob: mediastream:; connect-src 'self' ws://HOST wss://HOST; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves "/", which leads to the conference that landing names,
// "/c/{conference}" and "/assets/". landing is asked at each request.
func Handler(landing func() string) http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded: it is there
	}
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/c/"+url.PathEscape(landing()), http.StatusFound)
	})
	mux.HandleFunc("GET /c/{conference}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(index) // who hung up needs no page
	})
	assets := http.StripPrefix("/assets/", http.FileServerFS(files))
	mux.HandleFunc("GET /assets/{file}", func(w http.ResponseWriter, r *http.Request) {
		// The page asks for each file with its hash, so that a new one has a
		// new address.
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		assets.ServeHTTP(w, r)
	})
	return secured(mux)
}

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyFor(r.Host))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=()")
		next.ServeHTTP(w, r)
	})
}
