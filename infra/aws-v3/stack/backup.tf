# Daily copies outside the database's own backups; only where data is worth more than the copies.

resource "aws_backup_vault" "this" {
  count = local.ready ? 1 : 0

  name          = var.name_prefix
  force_destroy = !var.deletion_protection # a vault that holds copies can't be deleted without
}

resource "aws_backup_plan" "daily" {
  count = local.ready ? 1 : 0

  name = "${var.name_prefix}-daily"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this[0].name
    schedule          = "cron(0 3 * * ? *)"

    lifecycle {
      delete_after = 35
    }
  }
}

data "aws_iam_policy_document" "backup_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "backup" {
  count = local.ready ? 1 : 0

  name               = "${var.name_prefix}-backup"
  description        = "AWS Backup: copies the database"
  assume_role_policy = data.aws_iam_policy_document.backup_assume.json
}

resource "aws_iam_role_policy_attachment" "backup" {
  count = local.ready ? 1 : 0

  role       = aws_iam_role.backup[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}

resource "aws_backup_selection" "database" {
  count = local.ready ? 1 : 0

  name         = "${var.name_prefix}-database"
  plan_id      = aws_backup_plan.daily[0].id
  iam_role_arn = aws_iam_role.backup[0].arn
  resources    = [aws_db_instance.orders.arn]
}
