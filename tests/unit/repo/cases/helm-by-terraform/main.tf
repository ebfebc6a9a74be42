resource "helm_release" "api" {
  name  = "api"
  chart = "${path.module}/charts/api"
  set {
    name  = "replicas"
    value = "4"
  }
  values = [file("${path.module}/v.yaml"), yamlencode({ schedule = "0 5 * * *" })]
}
resource "helm_release" "redis" {
  name = "redis"
  repository = "https://charts.example.com"
  chart = "redis"
}
