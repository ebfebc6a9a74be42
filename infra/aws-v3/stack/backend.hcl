bucket         = "order-platform-v3-tfstate"
key            = "stack/terraform.tfstate"
region         = "eu-west-1"
dynamodb_table = "order-platform-tflock"
encrypt        = true
