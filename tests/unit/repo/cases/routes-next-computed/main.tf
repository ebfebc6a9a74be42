resource "aws_lb_target_group" "web" {
  name = "web"
  port = 80
  health_check {
    path = "/health"
  }
}
