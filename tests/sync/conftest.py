from tests.services.conftest import aws, world

__all__ = ["aws", "world"]
