"""Checks the Salesforce project without an org: its files by themselves, and what they refer to."""

from smarketing.metadata.checks.checking import check_project
from smarketing.metadata.checks.finding import Finding

__all__ = ["Finding", "check_project"]
