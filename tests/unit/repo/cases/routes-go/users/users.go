package users

import "github.com/gin-gonic/gin"

func Register(rg *gin.RouterGroup) {
	rg.GET("/users", list)
	rg.GET("/users/:id", show)
}

func Unused(rg *gin.RouterGroup) {
	rg.GET("/nowhere", list)
}
