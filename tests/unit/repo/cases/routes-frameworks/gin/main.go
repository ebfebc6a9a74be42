package main
import "github.com/gin-gonic/gin"
func main() {
	r := gin.Default()
	r.GET("/ping", func(c *gin.Context) {})
	v1 := r.Group("/v1")
	{
		v1.POST("/login", login)
		v1.Any("/any/:id", x)
		v1.Handle("PUT", "/h", x)
		v1.Match([]string{"GET","POST"}, "/m", x)
	}
	r.Static("/assets", "./a")
	r.Run()
}
