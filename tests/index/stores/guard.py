"""A door in front of a server: encrypted, and open to one token; what it lets through is the server's own.

The server that the tests have knows neither; a real one does both itself, by the same protocol.
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Guard"]


@dataclass
class Guard(grpc.GenericRpcHandler):
    """Listens on loopback as long as the `with` block lasts."""

    behind: int
    """The port of the server."""
    token: str
    certificate: Path
    """Where the certificate is written that the door shows."""
    refused: list[str] = field(default_factory=list)
    """Calls that came without the token."""

    def __enter__(self) -> Guard:
        key, certificate = _certificate()
        self.certificate.write_bytes(certificate)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.behind}")
        self._server = grpc.server(ThreadPoolExecutor(8), handlers=[self])
        self.port = self._server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop(None).wait()
        self._channel.close()

    def address(self, collection: str) -> str:
        """Of a collection behind it, without the token."""
        return f"milvus://127.0.0.1:{self.port}/{collection}?tls=yes"

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Bytes are handed on as they come."""
        told = dict(details.invocation_metadata)
        let_in = told.get("authorization") == base64.b64encode(self.token.encode()).decode()
        forward = self._channel.unary_unary(details.method)

        def answered(request: bytes, context: grpc.ServicerContext) -> bytes:
            if not let_in:
                self.refused.append(details.method)
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check api key is correct")
            try:
                return forward(request)
            except grpc.RpcError as failed:
                context.abort(failed.code(), failed.details())

        return grpc.unary_unary_rpc_method_handler(answered)


def _certificate() -> tuple[bytes, bytes]:
    """Key and certificate of this machine, good for an hour."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test of Footnote")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, made.public_bytes(pem)
