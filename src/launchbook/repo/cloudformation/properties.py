"""Which properties CloudFormation knows, for the types that templates most often get wrong."""

from __future__ import annotations

#: Every property of the types that templates most often get wrong.
PROPERTIES: dict[str, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        "AWS::SQS::Queue": "ContentBasedDeduplication DeduplicationScope DelaySeconds FifoQueue FifoThroughputLimit "
        "KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize MessageRetentionPeriod QueueName "
        "ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy SqsManagedSseEnabled Tags VisibilityTimeout",
        "AWS::SNS::Topic": "ArchivePolicy ContentBasedDeduplication DataProtectionPolicy DeliveryStatusLogging "
        "DisplayName FifoThroughputScope FifoTopic KmsMasterKeyId SignatureVersion Subscription Tags TopicName "
        "TracingConfig",
        "AWS::CloudWatch::Alarm": "ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator "
        "DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic "
        "InsufficientDataActions MetricName Metrics Namespace OKActions Period Statistic Tags Threshold "
        "ThresholdMetricId TreatMissingData Unit",
        "AWS::S3::Bucket": "AbacStatus AccelerateConfiguration AccessControl AnalyticsConfigurations BucketEncryption "
        "BucketName BucketNamePrefix BucketNamespace CorsConfiguration IntelligentTieringConfigurations "
        "InventoryConfigurations LifecycleConfiguration LoggingConfiguration MetadataConfiguration "
        "MetadataTableConfiguration MetricsConfigurations NotificationConfiguration ObjectLockConfiguration "
        "ObjectLockEnabled OwnershipControls PublicAccessBlockConfiguration ReplicationConfiguration Tags "
        "VersioningConfiguration WebsiteConfiguration",
        "AWS::ECS::Service": "AvailabilityZoneRebalancing CapacityProviderStrategy Cluster DeploymentConfiguration "
        "DeploymentController DesiredCount EnableECSManagedTags EnableExecuteCommand ForceNewDeployment "
        "HealthCheckGracePeriodSeconds LaunchType LoadBalancers NetworkConfiguration PlacementConstraints "
        "PlacementStrategies PlatformVersion PropagateTags Role SchedulingStrategy ServiceConnectConfiguration "
        "ServiceName ServiceRegistries Tags TaskDefinition VolumeConfigurations VpcLatticeConfigurations",
        "AWS::ECS::Cluster": "CapacityProviders ClusterName ClusterSettings Configuration "
        "DefaultCapacityProviderStrategy ServiceConnectDefaults Tags",
        "AWS::ECS::TaskDefinition": "ContainerDefinitions Cpu EnableFaultInjection EphemeralStorage ExecutionRoleArn "
        "Family InferenceAccelerators IpcMode Memory NetworkMode PidMode PlacementConstraints ProxyConfiguration "
        "RequiresCompatibilities RuntimePlatform Tags TaskRoleArn Volumes",
        "AWS::ElasticLoadBalancingV2::TargetGroup": "HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath "
        "HealthCheckPort HealthCheckProtocol HealthCheckTimeoutSeconds HealthyThresholdCount IpAddressType Matcher "
        "Name Port Protocol ProtocolVersion Tags TargetControlPort TargetGroupAttributes TargetType Targets "
        "UnhealthyThresholdCount VpcId",
        "AWS::ElasticLoadBalancingV2::Listener": "AlpnPolicy Certificates DefaultActions ListenerAttributes "
        "LoadBalancerArn MutualAuthentication Port Protocol SslPolicy",
        "AWS::RDS::DBInstance": "AllocatedStorage AllowMajorVersionUpgrade ApplyImmediately AssociatedRoles "
        "AutoMinorVersionUpgrade AutomaticBackupReplicationKmsKeyId AutomaticBackupReplicationRegion "
        "AutomaticBackupReplicationRetentionPeriod AvailabilityZone BackupRetentionPeriod BackupTarget "
        "CACertificateIdentifier CertificateDetails CertificateRotationRestart CharacterSetName CopyTagsToSnapshot "
        "CustomIAMInstanceProfile DBClusterIdentifier DBClusterSnapshotIdentifier DBInstanceClass "
        "DBInstanceIdentifier DBName DBParameterGroupName DBSecurityGroups DBSnapshotIdentifier DBSubnetGroupName "
        "DBSystemId DatabaseInsightsMode DedicatedLogVolume DeleteAutomatedBackups DeletionProtection Domain "
        "DomainAuthSecretArn DomainDnsIps DomainFqdn DomainIAMRoleName DomainOu EnableCloudwatchLogsExports "
        "EnableIAMDatabaseAuthentication EnablePerformanceInsights Endpoint Engine EngineLifecycleSupport "
        "EngineVersion Iops KmsKeyId LicenseModel ManageMasterUserPassword MasterUserAuthenticationType "
        "MasterUserPassword MasterUserSecret MasterUsername MaxAllocatedStorage MonitoringInterval MonitoringRoleArn "
        "MultiAZ NcharCharacterSetName NetworkType OptionGroupName PerformanceInsightsKMSKeyId "
        "PerformanceInsightsRetentionPeriod Port PreferredBackupWindow PreferredMaintenanceWindow ProcessorFeatures "
        "PromotionTier PubliclyAccessible ReplicaMode RestoreTime SourceDBClusterIdentifier "
        "SourceDBInstanceAutomatedBackupsArn SourceDBInstanceIdentifier SourceDbiResourceId SourceRegion "
        "StatusInfos StorageEncrypted StorageThroughput StorageType Tags TdeCredentialArn TdeCredentialPassword "
        "Timezone UseDefaultProcessorFeatures UseLatestRestorableTime VPCSecurityGroups ApplyImmediately "
        "AdditionalStorageVolumes",
        "AWS::Logs::LogGroup": "DataProtectionPolicy DeletionProtectionEnabled FieldIndexPolicies KmsKeyId "
        "LogGroupClass LogGroupName ResourcePolicyDocument RetentionInDays Tags BearerTokenAuthenticationEnabled",
        "AWS::ECR::Repository": "EmptyOnDelete EncryptionConfiguration ImageScanningConfiguration ImageTagMutability "
        "ImageTagMutabilityExclusionFilters LifecyclePolicy RepositoryName RepositoryPolicyText Tags",
        "AWS::Events::Rule": "Description EventBusName EventPattern Name RoleArn ScheduleExpression State Tags Targets",
    }.items()
}
