package main
import "github.com/robfig/cron/v3"
func main() {
	c := cron.New()
	c.AddFunc("30 * * * *", func() {})
	c.AddFunc("@hourly", run)
	c.AddJob("@every 1h30m", job)
}
