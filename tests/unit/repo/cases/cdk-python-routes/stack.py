from aws_cdk import Stack, aws_apigateway as gateway, aws_efs as efs


class DepotStack(Stack):
    def __init__(self, scope, name):
        super().__init__(scope, name)
        api = gateway.RestApi(self, "Api")
        parcels = api.root.add_resource("parcels")
        parcels.add_method("GET")
        parcels.add_resource("{id}").add_method("DELETE", authorizer=gate)
        efs.FileSystem(self, "Files", encrypted=True)
