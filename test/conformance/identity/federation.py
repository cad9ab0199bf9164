"""Who the unmodified databricks-sdk is when it signs in with a token of another issuer. Prints one JSON line.

Usage: federation.py HOST, the rest of the configuration in the environment.
"""

import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config


def main() -> None:
    out: dict[str, object] = {}
    try:
        config = Config(
            host=sys.argv[1],
            retry_timeout_seconds=5,
            product="Brickbox_Conformance",
            product_version="1.0.0",
        )
        client = WorkspaceClient(config=config)
        out["auth_type"] = client.config.auth_type
        out["user_name"] = client.current_user.me().user_name
    except Exception as error:  # The SDK raises ValueError for a refused exchange.
        out["exception"] = type(error).__name__
        out["message"] = str(error)
    print(json.dumps(out))


main()
