package main

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"example.com/shop/users"
)

func main() {
	r := gin.Default()
	r.GET("/healthz", alive)
	v1 := r.Group("/api/v1")
	{
		v1.GET("/items/:id", item)
		admin := v1.Group("/admin", auth())
		admin.DELETE("/items/:id", remove)
	}
	users.Register(v1)
	hidden := r.Group(os.Getenv("PREFIX"))
	hidden.GET("/x", item)
	http.HandleFunc("/plain", plain)
	http.HandleFunc("POST /posted", plain)
}

func chiRoutes() http.Handler {
	r := chi.NewRouter()
	r.Get("/up", alive)
	r.Route("/books", func(r chi.Router) {
		r.Get("/", list)
		r.Route("/{isbn}", func(r chi.Router) {
			r.Get("/", show)
		})
		r.Post("/", add)
	})
	r.Mount("/private", privateRoutes())
	r.Get("/after", alive)
	return r
}

func privateRoutes() chi.Router {
	r := chi.NewRouter()
	r.Get("/keys", keys)
	return r
}
