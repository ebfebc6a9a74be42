"""An embedded AWS that enforces IAM, its root user, and users with policies."""

import pytest

from tests.aws.conftest import client_factory
from tests.aws.host.policies import document
from tests.support.embedded import embedded as embedded_aws


@pytest.fixture(scope="module")
def enforced():
    with embedded_aws(enforce_iam=True) as started:
        yield started


@pytest.fixture(scope="module")
def root(enforced):
    return client_factory(enforced.endpoint)


@pytest.fixture
def user(enforced, root, request):
    """A user with one inline policy; returns a maker of clients with its key."""
    made = []

    def user(*statements):
        name = f"u{abs(hash(request.node.name)) % 10**8}-{len(made)}"
        root("iam").create_user(UserName=name)
        made.append(name)
        if statements:
            root("iam").put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
        key = root("iam").create_access_key(UserName=name)["AccessKey"]
        clients = client_factory(enforced.endpoint)
        maker = lambda service: clients(service, key=key["AccessKeyId"], secret=key["SecretAccessKey"])  # noqa: E731
        maker.name = name
        return maker

    return user
