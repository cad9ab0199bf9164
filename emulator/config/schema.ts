import { z } from 'zod';

const name = z.string().min(1);
const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'an environment variable name: letters, digits and _');

const persona = z.strictObject({
  user_name: z
    .string()
    .min(1)
    .describe('Sign-in name, an e-mail address; the name in GRANT and current_user().'),
  display_name: z.string().optional().describe('Name shown on the sign-in page. Default: the alias.'),
  groups: z
    .array(name)
    .default([])
    .describe('Groups the person is a direct member of. A group exists as soon as it is named.'),
  entitlements: z
    .array(name)
    .default(['workspace-access', 'databricks-sql-access'])
    .describe('Workspace entitlements, as in SCIM.'),
});

const servicePrincipal = z.strictObject({
  display_name: z.string().optional().describe('Default: the alias.'),
  groups: z.array(name).default([]).describe('Groups the service principal is a direct member of.'),
});

const secretValue = z.union([
  z.strictObject({ env: z.string().min(1).describe('Environment variable that holds the value.') }),
  z.strictObject({ value: z.string().describe('The value itself. Never put a real secret here.') }),
]);

const seedStep = z.union([
  z.string().min(1).describe('SQL file in the Databricks dialect, run as the admin.'),
  z.strictObject({
    table: z.string().min(1).describe('Full name of the table that gets the rows: catalog.schema.table.'),
    from: z.string().min(1).describe('CSV, JSON or Parquet file.'),
  }),
]);

const jobPermission = z.enum(['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER']);

/** Kinds of app resource, in the platform's own form (docs: Apps API, AppResource; code: databricks-sdk-go service/apps/model.go). */
const resourceKinds = {
  sql_warehouse: z
    .strictObject({
      id: z.string().min(1).describe('Warehouse id. The sandbox has one warehouse: default.'),
      permission: z.enum(['CAN_MANAGE', 'CAN_USE', 'IS_OWNER']).default('CAN_USE'),
    })
    .optional()
    .describe('SQL warehouse; valueFrom gives its id.'),
  secret: z
    .strictObject({
      scope: z.string().min(1).describe('Scope under secrets:.'),
      key: z.string().min(1).describe('Key in that scope.'),
      permission: z.enum(['READ', 'WRITE', 'MANAGE']).default('READ'),
    })
    .optional()
    .describe('Secret; valueFrom gives its value.'),
  uc_securable: z
    .strictObject({
      securable_full_name: z.string().min(1).describe('catalog.schema.name, or the name of a connection.'),
      securable_type: z.enum(['TABLE', 'VOLUME', 'FUNCTION', 'CONNECTION']),
      permission: z.enum(['SELECT', 'MODIFY', 'READ_VOLUME', 'WRITE_VOLUME', 'EXECUTE', 'USE_CONNECTION']),
    })
    .optional()
    .describe('Unity Catalog object; valueFrom gives its full name.'),
  job: z
    .strictObject({ id: z.string().min(1), permission: jobPermission.default('CAN_MANAGE_RUN') })
    .optional(),
  serving_endpoint: z
    .strictObject({
      name: z.string().min(1),
      permission: z.enum(['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE']).default('CAN_QUERY'),
    })
    .optional(),
  database: z
    .strictObject({
      instance_name: z.string().min(1),
      database_name: z.string().min(1).optional(),
      permission: z.enum(['CAN_CONNECT_AND_CREATE']).default('CAN_CONNECT_AND_CREATE'),
    })
    .optional()
    .describe('Lakebase, provisioned.'),
  postgres: z
    .strictObject({
      branch: z.string().min(1).describe('projects/<project>/branches/<branch>'),
      database: z.string().min(1).describe('projects/<project>/branches/<branch>/databases/<database>'),
      permission: z.enum(['CAN_CONNECT_AND_CREATE']).default('CAN_CONNECT_AND_CREATE'),
    })
    .optional()
    .describe('Lakebase, autoscaling.'),
  genie_space: z
    .strictObject({
      name: z.string().optional(),
      space_id: z.string().min(1),
      permission: z.enum(['CAN_VIEW', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE']).default('CAN_RUN'),
    })
    .optional(),
  experiment: z
    .strictObject({
      experiment_id: z.string().min(1),
      permission: z.enum(['CAN_READ', 'CAN_EDIT', 'CAN_MANAGE']).default('CAN_READ'),
    })
    .optional(),
  app: z
    .strictObject({ name: z.string().min(1), permission: z.enum(['CAN_USE']).default('CAN_USE') })
    .optional()
    .describe('Another app of this file.'),
};

/** Names of the kinds, as they stand in a resource. */
export const resourceKindNames = [
  'sql_warehouse',
  'secret',
  'uc_securable',
  'job',
  'serving_endpoint',
  'database',
  'postgres',
  'genie_space',
  'experiment',
  'app',
] as const satisfies readonly (keyof typeof resourceKinds)[];

const securablePermissions: Record<string, readonly string[]> = {
  TABLE: ['SELECT', 'MODIFY'],
  VOLUME: ['READ_VOLUME', 'WRITE_VOLUME'],
  FUNCTION: ['EXECUTE'],
  CONNECTION: ['USE_CONNECTION'],
};

/** One entry of `resources:`. */
export const resourceSchema = z
  .strictObject({
    name: z.string().min(2).max(30).describe('Key of the resource, as valueFrom in app.yaml names it.'),
    description: z.string().optional(),
    ...resourceKinds,
  })
  .superRefine((entry, context) => {
    const kinds = resourceKindNames.filter((kind) => entry[kind] !== undefined);
    if (kinds.length !== 1) {
      const found = kinds.length === 0 ? 'none' : kinds.join(', ');
      context.addIssue({
        code: 'custom',
        message: `a resource names exactly one of ${resourceKindNames.join(', ')}; here: ${found}`,
      });
    }
    const uc = entry.uc_securable;
    const allowed = uc ? (securablePermissions[uc.securable_type] ?? []) : [];
    if (uc && !allowed.includes(uc.permission)) {
      context.addIssue({
        code: 'custom',
        path: ['uc_securable', 'permission'],
        message: `${uc.permission} is not a permission of a ${uc.securable_type}; use ${allowed.join(' or ')}`,
      });
    }
  });

const permission = z
  .strictObject({
    user_name: z.string().optional().describe('user_name of a persona.'),
    group_name: z.string().optional().describe('Group; users is everyone in the workspace.'),
    service_principal_name: z
      .string()
      .optional()
      .describe('Alias of a service principal, or name of an app for its own service principal.'),
    level: z.enum(['CAN_USE', 'CAN_MANAGE']),
  })
  .refine(
    (entry) =>
      [entry.user_name, entry.group_name, entry.service_principal_name].filter((value) => value !== undefined)
        .length === 1,
    'name exactly one of user_name, group_name, service_principal_name',
  );

const environmentEntry = z
  .strictObject({
    name: identifier,
    value: z.string().optional(),
    value_from: z.string().optional().describe('Key of a resource of this app.'),
  })
  .refine(
    (entry) => (entry.value === undefined) !== (entry.value_from === undefined),
    'give exactly one of value and value_from',
  );

/** One entry of `apps:`. */
export const appSchema = z.strictObject({
  source_code_path: z.string().default('.').describe('Folder of the app, from this file.'),
  description: z.string().optional(),
  user_api_scopes: z
    .array(z.string().min(1))
    .default([])
    .describe('Scopes of the token the app gets on behalf of its user.'),
  resources: z.array(resourceSchema).default([]).describe('App resources, in the form of databricks.yml.'),
  permissions: z.array(permission).default([]).describe('Who may open and who may manage the app.'),
  config: z
    .strictObject({
      command: z.array(z.string()).min(1).optional().describe('Overrides the command of app.yaml.'),
      env: z.array(environmentEntry).default([]).describe('Overrides env of app.yaml, entry by entry.'),
    })
    .optional()
    .describe('Inline deployment configuration, in the form of databricks.yml.'),
});

const allowedHost = z.union([
  z.strictObject({ stub: z.string().describe('Folder of canned answers.') }),
  z.strictObject({
    pass_through: z.literal(true).describe('Let the connection out to the real host.'),
  }),
  z.strictObject({}).describe('Declared; answered by nobody in the sandbox.'),
]);

const egress = z.strictObject({
  policy: z
    .string()
    .default('declared_only')
    .describe('deny_all, declared_only, open, or a file in the platform’s JSON form.'),
  mode: z
    .enum(['auto', 'strict', 'cooperative'])
    .default('auto')
    .describe('How the policy is enforced. auto takes strict where its start-up probe passes.'),
  dns_failure: z
    .enum(['SERVFAIL', 'NXDOMAIN', 'REFUSED'])
    .default('SERVFAIL')
    .describe('Answer to the lookup of a denied name.'),
  policy_changes: z
    .enum(['on_restart', 'at_once'])
    .default('on_restart')
    .describe(
      'When a policy changed through the account API counts: when an app is restarted, as on the platform, or at once.',
    ),
  allowed: z.record(z.string(), allowedHost).default({}).describe('Hosts the app may reach.'),
});

const runtime = z.strictObject({
  start_timeout_seconds: z
    .number()
    .positive()
    .default(600)
    .describe('The app must listen within this time. The platform gives 10 minutes.'),
  stop_timeout_seconds: z
    .number()
    .positive()
    .default(15)
    .describe('Time between SIGTERM and SIGKILL. The platform gives 15 seconds.'),
  restarts: z.int().min(0).default(5).describe('Restarts in a row after crashes before giving up.'),
  build: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe('Install and build: when something changed, at every start, or never.'),
});

/** `brickbox.yaml`. Unknown keys are errors. */
export const configSchema = z.strictObject({
  personas: z.record(name, persona).default({}).describe('People of the workspace, by alias.'),
  service_principals: z
    .record(name, servicePrincipal)
    .default({})
    .describe('Service principals beside those of the apps, by alias.'),
  seed: z
    .array(seedStep)
    .default([])
    .describe('What the workspace holds at the start, in this order, as the admin.'),
  secrets: z
    .record(name, z.record(name, secretValue))
    .default({})
    .describe('Secret scopes, their keys and where the values come from.'),
  apps: z
    .record(
      z.string().regex(/^[a-z0-9-]{2,30}$/, 'lower-case letters, digits and -, 2 to 30 characters'),
      appSchema,
    )
    .default({})
    .describe('Apps to run, by name.'),
  egress: egress.prefault({}).describe('What apps may reach outside the sandbox.'),
  gateway: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Named switches and limits of the gateway.'),
  runtime: runtime.prefault({}).describe('Limits of app processes.'),
  sql: z
    .strictObject({
      large_tables: z
        .enum(['refuse', 'rewrite'])
        .default('refuse')
        .describe(
          'Protected tables too large for an instance per persona: refuse them, or rewrite the query.',
        ),
      time_zone: z.string().default('UTC').describe('Time zone of new SQL sessions.'),
    })
    .prefault({})
    .describe('The SQL warehouse.'),
  fail_on: z
    .enum(['info', 'warning', 'leak', 'never'])
    .default('leak')
    .describe('Least severity of a finding that makes exec fail.'),
  loosen: z
    .array(z.string())
    .default([])
    .describe('Names of checks to loosen; each one is shown in the banner and in reports.'),
});

/** A validated configuration with all defaults filled in. */
export type Config = z.output<typeof configSchema>;
/** What a user may write. */
export type ConfigInput = z.input<typeof configSchema>;
export type AppConfig = Config['apps'][string];
export type AppResource = AppConfig['resources'][number];
export type AppResourceKind = (typeof resourceKindNames)[number];
/** Limits of app processes; times in seconds. */
export type RuntimeSettings = Config['runtime'];
