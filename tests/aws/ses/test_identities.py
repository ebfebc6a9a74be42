"""A domain of SES is verified by what stands in DNS, which here is the hosted zones, and by nothing else."""

from uuid import uuid4

import pytest

from launchbook.local import control


@pytest.fixture
def zone(aws):
    name = f"{uuid4().hex[:8]}.example.com"
    made = aws("route53").create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    yield name, made
    records = aws("route53").list_resource_record_sets(HostedZoneId=made)["ResourceRecordSets"]
    gone = [{"Action": "DELETE", "ResourceRecordSet": r} for r in records if r["Type"] in ("CNAME", "MX")]
    if gone:
        aws("route53").change_resource_record_sets(HostedZoneId=made, ChangeBatch={"Changes": gone})
    aws("sesv2").delete_email_identity(EmailIdentity=name)
    aws("route53").delete_hosted_zone(Id=made)


def publish(aws, zone, name, kind, value):
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
    aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def test_dkim_records_verify_a_domain_and_only_the_right_ones(aws, zone):
    domain, where = zone
    ses = aws("sesv2")
    tokens = ses.create_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"]

    def states():
        found = ses.get_email_identity(EmailIdentity=domain)
        return found["DkimAttributes"]["Status"], found["VerifiedForSendingStatus"]

    assert states() == ("PENDING", False)
    for token in tokens[:2]:
        publish(aws, where, f"{token}._domainkey.{domain}", "CNAME", f"{token}.dkim.amazonses.com")
    publish(aws, where, f"{tokens[2]}._domainkey.{domain}", "CNAME", "elsewhere.example.com")
    assert states() == ("PENDING", False)
    publish(aws, where, f"{tokens[2]}._domainkey.{domain}", "CNAME", f"{tokens[2]}.dkim.amazonses.com.")
    assert states() == ("SUCCESS", True)


def test_a_mail_from_domain_is_verified_by_its_mx(aws, zone):
    domain, where = zone
    ses = aws("sesv2")
    ses.create_email_identity(EmailIdentity=domain)
    ses.put_email_identity_mail_from_attributes(EmailIdentity=domain, MailFromDomain=f"mail.{domain}")

    def state():
        found = ses.get_email_identity(EmailIdentity=domain)
        return found["MailFromAttributes"]["MailFromDomainStatus"]

    assert state() == "PENDING"
    publish(aws, where, f"mail.{domain}", "MX", "10 mail.example.com")
    assert state() == "PENDING"
    publish(aws, where, f"mail.{domain}", "MX", "10 feedback-smtp.eu-west-1.amazonses.com")
    assert state() == "SUCCESS"


def test_the_account_leaves_the_sandbox_when_it_asks(aws):
    ses = aws("sesv2", region="ap-northeast-1")
    assert ses.get_account()["ProductionAccessEnabled"] is False
    ses.put_account_details(
        MailType="TRANSACTIONAL",
        WebsiteURL="https://example.com",
        UseCaseDescription="orders",
        ProductionAccessEnabled=True,
    )
    assert ses.get_account()["ProductionAccessEnabled"] is True


def test_what_is_not_sent_is_told(aws, embedded):
    mail = aws("ses", region="eu-north-1")
    mail.verify_email_identity(EmailAddress="shop@quiet.example")
    mail.send_email(
        Source="shop@quiet.example",
        Destination={"ToAddresses": ["one@quiet.example"], "CcAddresses": ["two@quiet.example"]},
        Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}},
    )
    rows = [row for row in control.ask(embedded, "status")["resources"] if row["type"] == "undelivered"]
    assert {
        "id": "one@quiet.example, two@quiet.example",
        "state": "the embedded AWS sends no mail",
        "from": "ses eu-north-1",
    }.items() <= next(row for row in rows if "quiet.example" in row["id"]).items()
