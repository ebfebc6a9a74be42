environment = "production"
aws_region  = "us-east-2"
vpc_id      = "vpc-0a1b2c3d4e5f60001"

public_subnet_ids = ["subnet-0a1b2c3d4e5f60011", "subnet-0a1b2c3d4e5f60012"]

# The same two: there are no others in this VPC.
private_subnet_ids = ["subnet-0a1b2c3d4e5f60011", "subnet-0a1b2c3d4e5f60012"]

app_base_url = "https://main.d33l77zi1h78ce.amplifyapp.com"
