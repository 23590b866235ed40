"""Stand-ins for other services, made of their REST documents.

`stub("receiptwitness")` answers as the contract says, checks every request against it, keeps what it is
given, and misbehaves when it is told to.
"""

from cartsnitch_contracts.service.stubs.errors import StubError, WrongCallError
from cartsnitch_contracts.service.stubs.received import Received, Violation
from cartsnitch_contracts.service.stubs.stub import Stub, stub

__all__ = ["stub", "Stub", "Received", "Violation", "StubError", "WrongCallError"]
