bucket         = "parcels-terraform-state"
key            = "production.tfstate"
region         = "eu-central-1"
dynamodb_table = "parcels-terraform-locks"
encrypt        = true
