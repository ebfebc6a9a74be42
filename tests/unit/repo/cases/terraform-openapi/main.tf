resource "aws_lambda_function" "parcels" {
  function_name = "parcels"
}

resource "aws_api_gateway_rest_api" "written" {
  name = "written"
  body = jsonencode({
    openapi = "3.0.1"
    paths = {
      "/parcels" = {
        get = {
          x-amazon-apigateway-integration = { uri = aws_lambda_function.parcels.invoke_arn }
        }
      }
      "/health" = { get = {} }
    }
  })
}

resource "aws_apigatewayv2_api" "file" {
  name = "file"
  body = file("${path.module}/labels.yaml")
}

resource "aws_api_gateway_rest_api" "unknown" {
  name = "unknown"
  body = data.http.definition.response_body
}
