import os
import aws_cdk as cdk
from ingest.ingest_stack import IngestStack

app = cdk.App()
IngestStack(app, "Ingest", env=cdk.Environment(account=os.getenv("CDK_DEFAULT_ACCOUNT"), region="ap-southeast-2"))
app.synth()
