"""What one caller sees through the unmodified databricks-sdk. Prints one JSON line.

Usage: personas.py HOST WAREHOUSE_ID STATEMENT, credentials in the environment (DATABRICKS_TOKEN, or
DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET).
"""

import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError


def main() -> None:
    host, warehouse_id, statement = sys.argv[1:4]
    client = WorkspaceClient(config=Config(host=host, retry_timeout_seconds=5, product="Brickbox_Conformance", product_version="1.0.0"))
    out: dict[str, object] = {"auth_type": client.config.auth_type}
    try:
        me = client.current_user.me()
        out["user_name"] = me.user_name
        result = client.statement_execution.execute_statement(
            statement=statement, warehouse_id=warehouse_id, wait_timeout="30s"
        )
        out["state"] = result.status.state.value
        out["rows"] = result.result.data_array if result.result else None
        out["error"] = result.status.error.message if result.status.error else None
    except DatabricksError as error:
        out["exception"] = type(error).__name__
        out["message"] = str(error)
    print(json.dumps(out))


main()
