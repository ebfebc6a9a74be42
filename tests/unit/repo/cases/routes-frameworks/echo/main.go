package main
import "github.com/labstack/echo/v4"
func main() {
	e := echo.New()
	e.GET("/users/:id", getUser)
	g := e.Group("/admin", mw)
	g.POST("", make)
	g.Add("DELETE", "/x", d)
	e.Match([]string{"GET"}, "/mm", d)
}
