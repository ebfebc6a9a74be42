bucket         = "parcels-terraform-state"
key            = "staging.tfstate"
region         = "eu-west-1"
dynamodb_table = "parcels-terraform-locks"
encrypt        = true
