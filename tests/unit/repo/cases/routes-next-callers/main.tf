resource "aws_lb_target_group" "web" {
  name = "web"
  port = 80
  health_check {
    path = "/healthz"
  }
}

resource "aws_lb_target_group" "people" {
  name = "people"
  port = 80
  health_check {
    path = "/people/1"
  }
}
