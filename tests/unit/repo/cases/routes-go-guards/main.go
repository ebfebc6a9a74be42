package main

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
)

func main() {
	r := chi.NewRouter()
	r.Use(middleware.Logger)
	r.Get("/livez", live)
	r.Route("/v1", func(r chi.Router) {
		r.Use(AuthMiddleware)
		r.Get("/orders", list)
		r.With(RateLimit(10)).Post("/orders", create)
		r.Mount("/admin", adminRouter())
	})
	r.Group(func(r chi.Router) {
		r.Use(JWTAuth)
		r.Delete("/secret", x)
	})
	r.Get("/open", open)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", m)
	http.ListenAndServe(":8080", r)
}

func adminRouter() chi.Router {
	r := chi.NewRouter()
	r.Delete("/users/{id}", del)
	return r
}

func second() {
	e := gin.Default()
	g := e.Group("/gin", AuthRequired())
	g.GET("/in", in)
	e.GET("/one", AuthRequired(), one)
	e.GET("/login", authHandler)
	e.Run()
}
