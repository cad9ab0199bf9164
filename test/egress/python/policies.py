"""Takes steps of the account's network policies API from stdin, one JSON line each, and answers each with a line."""
import json
import sys

from databricks.sdk import AccountClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service.settings import AccountNetworkPolicy, WorkspaceNetworkOption

host, account, token, workspace = sys.argv[1:5]
client = AccountClient(host=host, account_id=account, token=token)
policies, binding = client.network_policies, client.workspace_network_configuration

steps = {
    "list": lambda: [one.as_dict() for one in policies.list_network_policies_rpc()],
    "get": lambda id: policies.get_network_policy_rpc(id).as_dict(),
    "create": lambda body: policies.create_network_policy_rpc(AccountNetworkPolicy.from_dict(body)).as_dict(),
    "update": lambda id, body: policies.update_network_policy_rpc(id, AccountNetworkPolicy.from_dict(body)).as_dict(),
    "delete": lambda id: policies.delete_network_policy_rpc(id),
    "bound": lambda: binding.get_workspace_network_option_rpc(int(workspace)).as_dict(),
    "bind": lambda id: binding.update_workspace_network_option_rpc(
        int(workspace), WorkspaceNetworkOption(network_policy_id=id)
    ).as_dict(),
}

for line in sys.stdin:
    step, *arguments = json.loads(line)
    try:
        answer = {"answer": steps[step](*arguments)}
    except DatabricksError as error:
        answer = {"error": error.error_code, "kind": type(error).__name__, "message": str(error)}
    print(json.dumps(answer), flush=True)
