package main
import "github.com/go-chi/chi/v5"
func main() {
	r := chi.NewRouter()
	r.Get("/", home)
	r.Route("/articles", func(r chi.Router) {
		r.With(paginate).Get("/", list)
		r.Post("/", create)
		r.Route("/{id}", func(r chi.Router) {
			r.Get("/", get)
		})
	})
	r.Mount("/admin", adminRouter())
	r.Method("GET", "/m", h)
	r.MethodFunc("POST", "/mf", h)
	http.ListenAndServe(":3000", r)
}
func adminRouter() http.Handler {
	r := chi.NewRouter()
	r.Get("/users", x)
	return r
}
