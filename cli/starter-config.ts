/** A commented brickbox.yaml. `app` is the name of the app in this folder, if it holds one. */
export function starterConfig(app: string | undefined): string {
  return `# The world of this app. Every key: brickbox --help, or the JSON Schema of the package (brickbox/schema.json).

# People who can sign in. Groups are made as they are named.
personas:
  admin: { user_name: admin@acme.test, display_name: Workspace admin, groups: [admins] }
  ana: { user_name: ana@acme.test, display_name: Ana Silva, groups: [analysts] }
  guest: { user_name: guest@acme.test, display_name: Guest }

# What the world starts with, in this order, as the admin, in the Databricks dialect.
# seed:
#   - seed/schema.sql                                  # CREATE, INSERT, GRANT, SET ROW FILTER, SET MASK
#   - { table: main.sales.orders, from: seed/orders.csv }

${app === undefined ? appComment : appBlock(app)}
# What apps may reach outside. Everything else fails, as it does behind an egress policy.
# egress:
#   policy: declared_only
#   allowed:
#     api.example.com: { stub: stubs/example }         # canned answers; or { pass_through: true }

# Findings of this severity make "brickbox exec" fail: info, warning, leak or never.
fail_on: leak

# Checks that are off, by name. Each one is shown in the banner and in every report.
loosen: []
`;
}

function appBlock(app: string): string {
  return `apps:
  ${app}:
    source_code_path: .
    user_api_scopes: [sql]                             # what the app may do on behalf of its user
    resources:
      - { name: sql-warehouse, sql_warehouse: { id: default, permission: CAN_USE } }
    permissions:
      - { group_name: users, level: CAN_USE }
`;
}

const appComment = `# apps:
#   my-app:
#     source_code_path: ./my-app
#     user_api_scopes: [sql]
#     resources:
#       - { name: sql-warehouse, sql_warehouse: { id: default, permission: CAN_USE } }
#     permissions:
#       - { group_name: users, level: CAN_USE }
`;
