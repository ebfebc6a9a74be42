environment  = "production"
aws_region   = "us-east-1"
app_base_url = "https://main.d33l77zi1h78ce.amplifyapp.com"

app_vpc_id                  = "vpc-0a1b2c3d4e5f60001"
app_private_route_table_ids = ["rtb-0a1b2c3d4e5f60021", "rtb-0a1b2c3d4e5f60022"]

pager_endpoint = "https://pager.huntaze.example/aws"
ops_email      = "ops@huntaze.example"
