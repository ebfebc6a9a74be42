provider "aws" {
  region = "eu-north-1"
}

# It is given what the next one gives back.
module "web" {
  source       = "./service"
  name         = "web"
  image        = module.images.all.web.url
  target_group = element(module.front.target_group_arns, 0)
  settings     = { QUEUE = module.images.queue, LEVEL = "info" }
}

module "images" {
  source = "./images"
}

module "front" {
  source  = "terraform-aws-modules/alb/aws"
  version = "~> 9.0"
  name    = "depot"
}

resource "helm_release" "own" {
  name  = "own"
  chart = "./chart"
}

resource "helm_release" "controller" {
  name       = "controller"
  repository = "https://charts.example.com"
  chart      = "controller"
}
