"""Operations that runbooks need and moto lacks: Amplify, SESv2's account and identities, backup listings."""

import http.client
import json

import pytest
from botocore.exceptions import ClientError


def test_amplify_apps_branches_and_jobs(aws):
    amplify = aws("amplify")
    app = amplify.create_app(name="shop", platform="WEB_COMPUTE", environmentVariables={"A": "1"})["app"]
    amplify.create_branch(
        appId=app["appId"], branchName="main", stage="PRODUCTION", environmentVariables={"B": "2"}
    )
    assert app["appId"] in [each["appId"] for each in amplify.list_apps()["apps"]]
    assert amplify.get_app(appId=app["appId"])["app"]["platform"] == "WEB_COMPUTE"
    assert [b["stage"] for b in amplify.list_branches(appId=app["appId"])["branches"]] == ["PRODUCTION"]
    job = {"appId": app["appId"], "branchName": "main", "jobType": "RELEASE"}
    amplify.start_job(**job, jobReason="seed:SUCCEED", commitId="abc")
    waiting = amplify.start_job(**job)["jobSummary"]
    jobs = amplify.list_jobs(appId=app["appId"], branchName="main")["jobSummaries"]
    assert [(each["jobId"], each["status"]) for each in jobs] == [("2", "PENDING"), ("1", "SUCCEED")]
    amplify.stop_job(appId=app["appId"], branchName="main", jobId=waiting["jobId"])
    assert (
        amplify.get_job(appId=app["appId"], branchName="main", jobId="2")["job"]["summary"]["status"]
        == "CANCELLED"
    )
    amplify.tag_resource(resourceArn=app["appArn"], tags={"team": "web"})
    assert amplify.list_tags_for_resource(resourceArn=app["appArn"])["tags"] == {"team": "web"}
    amplify.delete_app(appId=app["appId"])
    with pytest.raises(ClientError) as refused:
        amplify.get_app(appId=app["appId"])
    assert refused.value.response["Error"]["Code"] == "NotFoundException"


def test_ses_account_leaves_the_sandbox_when_asked(aws):
    ses = aws("sesv2", region="eu-central-1")
    assert ses.get_account()["ProductionAccessEnabled"] is False
    assert ses.get_account()["SendQuota"]["Max24HourSend"] == 200
    ses.put_account_details(
        MailType="TRANSACTIONAL", WebsiteURL="https://example.com", ProductionAccessEnabled=True
    )
    assert ses.get_account()["ProductionAccessEnabled"] is True


def test_ses_identities_by_both_routes(aws, embedded):
    ses = aws("sesv2")
    ses.create_email_identity(EmailIdentity="example.com")
    (identity,) = ses.list_email_identities()["EmailIdentities"]
    assert (identity["IdentityName"], identity["VerificationStatus"]) == ("example.com", "PENDING")
    assert ses.get_email_identity(EmailIdentity="example.com")["VerifiedForSendingStatus"] is False
    connection = http.client.HTTPConnection("127.0.0.1", embedded.port)
    signed = (
        "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/ses/aws4_request, SignedHeaders=a, Signature=b"
    )
    connection.request("GET", "/v2/email/identities", headers={"Authorization": signed})
    older = json.loads(connection.getresponse().read())
    assert [each["IdentityName"] for each in older["EmailIdentities"]] == ["example.com"]


def test_ses_domain_has_dkim_tokens_and_a_mail_from_domain(aws):
    ses = aws("sesv2")
    made = ses.create_email_identity(EmailIdentity="mail.example", Tags=[{"Key": "team", "Value": "post"}])
    arn = f"arn:aws:ses:{ses.meta.region_name}:123456789012:identity/mail.example"
    assert ses.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "post"}]
    dkim = ses.get_email_identity(EmailIdentity="mail.example")["DkimAttributes"]
    assert dkim == made["DkimAttributes"]
    assert (len(set(dkim["Tokens"])), dkim["Status"]) == (3, "PENDING")
    ses.put_email_identity_mail_from_attributes(
        EmailIdentity="mail.example",
        MailFromDomain="bounce.mail.example",
        BehaviorOnMxFailure="REJECT_MESSAGE",
    )
    mail_from = ses.get_email_identity(EmailIdentity="mail.example")["MailFromAttributes"]
    assert mail_from["MailFromDomain"] == "bounce.mail.example"
    ses.put_email_identity_mail_from_attributes(EmailIdentity="mail.example")
    assert "MailFromAttributes" not in ses.get_email_identity(EmailIdentity="mail.example")


def test_backup_selections_and_listings(aws):
    backup = aws("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    plan = backup.create_backup_plan(
        BackupPlan={"BackupPlanName": "daily", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "vault"}]}
    )["BackupPlanId"]
    made = backup.create_backup_selection(
        BackupPlanId=plan,
        BackupSelection={
            "SelectionName": "db",
            "IamRoleArn": "arn:aws:iam::123456789012:role/b",
            "Resources": ["*"],
        },
    )
    listed = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    assert [each["SelectionName"] for each in listed] == ["db"]
    found = backup.get_backup_selection(BackupPlanId=plan, SelectionId=made["SelectionId"])
    assert found["BackupSelection"]["Resources"] == ["*"]
    assert [each["BackupPlanName"] for each in backup.list_backup_plans()["BackupPlansList"]] == ["daily"]
    assert backup.list_protected_resources()["Results"] == []
    assert backup.list_backup_jobs()["BackupJobs"] == []
    assert backup.list_recovery_points_by_backup_vault(BackupVaultName="vault")["RecoveryPoints"] == []
    with pytest.raises(ClientError) as refused:
        backup.list_recovery_points_by_backup_vault(BackupVaultName="other")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    backup.delete_backup_selection(BackupPlanId=plan, SelectionId=made["SelectionId"])
    assert backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"] == []
