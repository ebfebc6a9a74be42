from aws_lambda_powertools.event_handler import APIGatewayRestResolver
app = APIGatewayRestResolver()

@app.get("/todos/<todo_id>")
def get(todo_id):
    return {}
@app.get("/health")
def health():
    return {}

def handler(event, context):
    return app.resolve(event, context)
