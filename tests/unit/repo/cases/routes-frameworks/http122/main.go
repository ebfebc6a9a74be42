package main
import "net/http"
func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{id}", get)
	mux.HandleFunc("POST example.com/items", post)
	mux.HandleFunc("/all/", all)
	mux.HandleFunc("GET /files/{path...}", f)
	mux.HandleFunc("GET /exact/{$}", f)
	mux.Handle("/api/", http.StripPrefix("/api", sub()))
	http.HandleFunc("/healthz", h)
	const p = "/dyn"
	mux.HandleFunc(p, h)
}
func sub() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("/in", h)
	return m
}
