"""Where the Metadata API is found."""

from starlette.routing import Route

from smarketing.sandbox.org.metadata_api.deploy_resource import DeployResource
from smarketing.sandbox.org.metadata_api.metadata import Metadata
from smarketing.sandbox.org.metadata_api.pass_through import PassThrough, UserOf
from smarketing.sandbox.org.metadata_api.soap_endpoint import SoapEndpoint


def metadata_routes(metadata: Metadata, user_of: UserOf, pass_through: PassThrough) -> list[Route]:
    """Give the routes of an org's Metadata API."""
    soap = SoapEndpoint(metadata, user_of, pass_through)
    deploys = DeployResource(metadata, user_of, pass_through)
    page = "/services/data/v{version}/metadata/deployRequest"
    return [
        Route("/services/Soap/m/{version}", soap.call, methods=["POST"]),
        # simple-salesforce adds the name of a REST resource, which the platform puts up with.
        Route("/services/Soap/m/{version}/{rest:path}", soap.call, methods=["POST"]),
        Route(page, deploys.deploy, methods=["POST"]),
        Route(f"{page}/{{id}}", deploys.status, methods=["GET"]),
        Route(f"{page}/{{id}}", deploys.cancel, methods=["PATCH"]),
    ]
