from aws_cdk import App, Stack, Duration, aws_sqs as sqs, aws_s3 as s3

class Data(Stack):
    def __init__(self, scope, id, **kw):
        super().__init__(scope, id, **kw)
        dead = sqs.Queue(self, "Dead")
        self.queue = sqs.Queue(self, "Jobs", queue_name="shop-jobs", visibility_timeout=Duration.seconds(45),
                               dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=dead))
        s3.Bucket(self, "Files", versioned=True)

app = App()
Data(app, "Data")
app.synth()
