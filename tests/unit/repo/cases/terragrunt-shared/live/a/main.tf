module "q" { 
  source = "../../modules/queue" 
  name = "direct" 
}
