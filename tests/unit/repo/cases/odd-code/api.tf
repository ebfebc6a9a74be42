resource "aws_cloudwatch_event_api_destination" "host" {
  name                = "host"
  invocation_endpoint = "https://hooks.example.com"
  http_method         = "POST"
}
