"""The readiness runbook's own commands, as its section 5 prints them, and what a person fills in."""

from __future__ import annotations

#: ``{app}``, ``{user}``, ``{group}``, ``{queue}``, ``{identity}`` are placeholders; a command that names one is asked
#: once for each.
COMMANDS = """
aws sts get-caller-identity --output json
aws iam get-account-summary --output json
aws iam list-users --query 'Users[].UserName' --output table
aws iam list-access-keys --user-name {user} --query 'AccessKeyMetadata[].{{id:AccessKeyId,status:Status,create:CreateDate}}' --output table
aws iam list-roles --query 'Roles[?contains(RoleName, `huntaze`)].{{name:RoleName,arn:Arn}}' --output table
aws amplify get-app --app-id {app} --region us-east-1 --query 'app.{{appId:appId,name:name,platform:platform,defaultDomain:defaultDomain,createTime:createTime,updateTime:updateTime,iamServiceRoleArn:iamServiceRoleArn}}' --output json
aws amplify list-branches --app-id {app} --region us-east-1 --query 'branches[].{{branchName:branchName,stage:stage,framework:framework,enableAutoBuild:enableAutoBuild,lastDeployTime:lastDeployTime}}' --output table
aws amplify list-jobs --app-id {app} --branch-name main --region us-east-1 --query 'jobSummaries[].{{jobId:jobId,status:status,startTime:startTime,endTime:endTime,commitId:commitId}}' --output table
aws amplify get-branch --app-id {app} --branch-name main --region us-east-1 --query 'keys(branch.environmentVariables)' --output json
aws elbv2 describe-target-groups --region us-east-1 --query 'TargetGroups[].{{name:TargetGroupName,proto:Protocol,port:Port,hcPath:HealthCheckPath,matcher:Matcher.HttpCode,vpc:VpcId}}' --output table
aws elbv2 describe-target-groups --region us-east-2 --query 'TargetGroups[].{{name:TargetGroupName,proto:Protocol,port:Port,hcPath:HealthCheckPath,matcher:Matcher.HttpCode,vpc:VpcId}}' --output table
aws elbv2 describe-target-health --region us-east-1 --target-group-arn {group} --query 'TargetHealthDescriptions[].{{target:Target.Id,port:Target.Port,state:TargetHealth.State,reason:TargetHealth.Reason,description:TargetHealth.Description}}' --output table
aws cloudfront list-distributions --query 'DistributionList.Items[].{{id:Id,domain:DomainName,status:Status,aliases:Aliases.Items}}' --output table
aws s3 ls | grep -i huntaze
aws rds describe-db-instances --region us-east-1 --query 'DBInstances[?contains(DBInstanceIdentifier, `huntaze`)].{{id:DBInstanceIdentifier,status:DBInstanceStatus,engine:Engine,engineVersion:EngineVersion,multiAZ:MultiAZ,backupRetention:BackupRetentionPeriod,storageEncrypted:StorageEncrypted,publiclyAccessible:PubliclyAccessible,vpc:DBSubnetGroup.VpcId}}' --output table
aws rds describe-db-snapshots --region us-east-1 --query 'DBSnapshots[?contains(DBInstanceIdentifier, `huntaze`)].{{id:DBSnapshotIdentifier,type:SnapshotType,status:Status,created:SnapshotCreateTime}}' --output table
aws elasticache describe-replication-groups --region us-east-1 --query 'ReplicationGroups[?contains(ReplicationGroupId, `huntaze`)].{{id:ReplicationGroupId,status:Status,multiAZ:MultiAZ,automaticFailover:AutomaticFailover,atRestEncryption:AtRestEncryptionEnabled,transitEncryption:TransitEncryptionEnabled,nodeType:CacheNodeType}}' --output table
aws elasticache describe-snapshots --region us-east-1 --query 'Snapshots[?contains(ReplicationGroupId, `huntaze`)].{{name:SnapshotName,status:SnapshotStatus,source:ReplicationGroupId}}' --output table
aws ecs list-clusters --region us-east-1 --query 'clusterArns[?contains(@, `huntaze`)]' --output text
aws ecs describe-clusters --region us-east-1 --clusters $(aws ecs list-clusters --region us-east-1 --query 'clusterArns[?contains(@, `huntaze`)]' --output text) --query 'clusters[].{{name:clusterName,status:status,activeServices:activeServicesCount,runningTasks:runningTasksCount,pendingTasks:pendingTasksCount}}' --output table
aws ecs list-clusters --region us-east-2 --query 'clusterArns[?contains(@, `huntaze`)]' --output text
aws events list-rules --region us-east-1 --query 'Rules[?contains(Name, `huntaze`)].{{name:Name,state:State,arn:Arn}}' --output table
aws sqs list-queues --region us-east-1 --queue-name-prefix huntaze --output json
aws sqs get-queue-attributes --region us-east-1 --queue-url {queue} --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible --output json
aws cloudwatch describe-alarms --region us-east-1 --query 'MetricAlarms[?starts_with(AlarmName, `huntaze`) || starts_with(AlarmName, `Huntaze`) || contains(AlarmName, `CloudFront`) || contains(AlarmName, `Lambda`) ].{{name:AlarmName,state:StateValue,updated:StateUpdatedTimestamp}}' --output table
aws logs describe-log-groups --region us-east-1 --query 'logGroups[?contains(logGroupName, `huntaze`) || contains(logGroupName, `amplify`) || contains(logGroupName, `ecs`) || contains(logGroupName, `video`)].{{name:logGroupName,retention:retentionInDays}}' --output table
aws sesv2 get-account --region us-east-1 --query '{{ProductionAccessEnabled:ProductionAccessEnabled,SendingEnabled:SendingEnabled,SendQuota:SendQuota}}' --output json
aws sesv2 list-email-identities --region us-east-1 --query 'EmailIdentities[].{{name:IdentityName,type:IdentityType,verification:VerificationStatus,sending:SendingEnabled}}' --output table
aws sesv2 get-email-identity --region us-east-1 --email-identity {identity} --query '{{identity:IdentityName,verified:VerifiedForSendingStatus,dkim:DkimAttributes.Status,mailFrom:MailFromAttributes.MailFromDomainStatus}}' --output json
"""  # noqa: E501  # commands are one line each


def filled(given: dict[str, list[str]]) -> list[str]:
    """Every command, once for each value of the placeholder that it names."""
    lines = []
    for line in COMMANDS.strip().splitlines():
        named = [name for name in given if f"{{{name}}}" in line.replace("{{", "").replace("}}", "")]
        values = given[named[0]] if named else [""]
        lines += [line.format(**dict.fromkeys(named, value)) for value in values]
    return lines
