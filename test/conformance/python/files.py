"""Volumes and files through the unmodified databricks-sdk. Prints one JSON line.

Usage: files.py HOST, the token of the admin in DATABRICKS_TOKEN.
"""

import io
import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service.catalog import VolumeType


def main() -> None:
    client = WorkspaceClient(
        config=Config(host=sys.argv[1], retry_timeout_seconds=5, product="Brickbox_Conformance", product_version="1.0.0")
    )
    made = client.volumes.create("main", "sales", "landing", VolumeType.MANAGED, comment="first")
    top = f"/Volumes/{made.full_name.replace('.', '/')}"
    data = bytes(range(256)) * 5000
    client.files.create_directory(f"{top}/deep/er")
    client.files.upload(f"{top}/deep/data.bin", io.BytesIO(data), overwrite=True)
    out: dict[str, object] = {"full_name": made.full_name, "comment": client.volumes.read(made.full_name).comment}
    try:
        client.files.upload(f"{top}/deep/data.bin", io.BytesIO(b"x"))
    except DatabricksError as error:
        out["again"] = type(error).__name__
    out["same"] = client.files.download(f"{top}/deep/data.bin").contents.read() == data
    out["size"] = client.files.get_metadata(f"{top}/deep/data.bin").content_length
    out["listed"] = [(entry.name, entry.is_directory) for entry in client.files.list_directory_contents(f"{top}/deep")]
    client.files.delete(f"{top}/deep/data.bin")
    try:
        client.files.download(f"{top}/deep/data.bin")
    except DatabricksError as error:
        out["gone"] = type(error).__name__
    client.volumes.update(made.full_name, comment="second")
    out["volumes"] = [(volume.name, volume.comment) for volume in client.volumes.list("main", "sales")]
    client.volumes.delete(made.full_name)
    try:
        client.volumes.read(made.full_name)
    except DatabricksError as error:
        out["dropped"] = type(error).__name__
    print(json.dumps(out))


main()
