"""A driver as somebody else might write it, for tests of the conformance kit. See README.md."""

from acme_oximeter.driver import AcmeDriver

__all__ = ["AcmeDriver"]
