# A second line behind RDS's own snapshots, with its own vault; retention as config/backup-config.yaml promises.

resource "aws_backup_vault" "main" {
  name = "huntaze-${var.environment}"
}

resource "aws_backup_plan" "main" {
  name = "huntaze-${var.environment}"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 3 * * ? *)"
    start_window      = 60
    completion_window = 180

    lifecycle {
      delete_after = 30
    }
  }
}

resource "aws_iam_role" "backup" {
  name = "huntaze-backup-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "backup.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "backup" {
  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}

resource "aws_backup_selection" "data" {
  name         = "data"
  plan_id      = aws_backup_plan.main.id
  iam_role_arn = aws_iam_role.backup.arn
  resources = [
    aws_db_instance.main.arn,
    "arn:aws:s3:::huntaze-assets-${var.environment}",
    "arn:aws:s3:::huntaze-videos-${var.environment}",
  ]
}
