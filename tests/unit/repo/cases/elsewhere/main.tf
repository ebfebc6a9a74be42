module "alarm" {
  source = "terraform-aws-modules/cloudwatch/aws//modules/metric-alarm"
}
module "db" {
  source = "terraform-aws-modules/rds/aws"
}
module "own" {
  source = "git::https://git.example/queue.git"
}
