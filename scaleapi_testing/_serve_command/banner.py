"""What ``serve`` prints when it is ready: where it is, and how to reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .._serve.served_at import Server

ANY_KEY: Final = "live_demo"
"""A key for the first call, where any is let in."""

TRUSTING: Final = {
    "REQUESTS_CA_BUNDLE": "requests",
    "SSL_CERT_FILE": "httpx, Ruby, Go and OpenSSL",
    "NODE_EXTRA_CA_CERTS": "Node",
    "CURL_CA_BUNDLE": "curl",
}


def banner(server: Server, *, any_key: bool, key: str = ANY_KEY) -> str:
    """The lines, without a key that is not known to everybody.

    Args:
        server: where it is.
        any_key: whether every key is let in.
        key: one for the first call, where any is let in.
    """
    # An allowed key stands in no log: the shell that pastes the line has it.
    credentials = f"{key}:" if any_key else '"$SCALE_API_KEY:"'
    trust = "" if server.ca_file is None else f"--cacert {server.ca_file} "
    lines = [
        f"Scale, faked, at {server.url}",
        "",
        f"  curl {trust}-u {credentials} {server.url}/v1/tasks",
        "",
    ]
    if not any_key:
        lines += ["with one of the allowed keys in the variable SCALE_API_KEY. ", ""]
    lines += [
        "Clients:",
        f"  export SCALE_API_BASE_URL={server.url}",
        f'  scaleapi.ScaleClient(key, api_instance_url="{server.url}/v1")',
        f"  anything else: {server.url}/v1 and {server.url}/v2 in place of https://api.scale.com",
        "",
    ]
    if server.ca_file is not None:
        lines += ["Its certificate is signed by an authority made for it; to trust that:"]
        lines += [f"  export {name}={server.ca_file}  # {of}" for name, of in TRUSTING.items()]
        lines += [""]
    lines += [f"Dashboard: {server.url}/_fake/", ""]
    return "\n".join([line.rstrip() for line in lines] + ["Ctrl-C ends it."])
