output "state_bucket" {
  description = "Bucket that holds the stack's state."
  value       = aws_s3_bucket.state.bucket
}

output "lock_table" {
  description = "DynamoDB table that locks it."
  value       = aws_dynamodb_table.lock.name
}

output "backend_hcl" {
  description = "What ../stack/backend.hcl must say: terraform output -raw backend_hcl > ../stack/backend.hcl"
  value       = <<-EOT
    bucket         = "${aws_s3_bucket.state.bucket}"
    key            = "stack/terraform.tfstate"
    region         = "${var.region}"
    dynamodb_table = "${aws_dynamodb_table.lock.name}"
    encrypt        = true
  EOT
}
