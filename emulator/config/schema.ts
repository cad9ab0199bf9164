import { z } from 'zod';

const name = z.string().min(1);
const scopeList = z.array(z.string().min(1));

const persona = z.strictObject({
  user_name: z.string().min(1).describe('Sign-in name, an e-mail address.'),
  display_name: z.string().optional(),
  groups: z.array(name).default([]),
  entitlements: z.array(name).default(['workspace-access', 'databricks-sql-access']),
});

const servicePrincipal = z.strictObject({
  display_name: z.string().optional(),
  groups: z.array(name).default([]),
});

const secretValue = z.union([
  z.strictObject({ env: z.string().min(1).describe('Environment variable that holds the value.') }),
  z.strictObject({ value: z.string() }),
]);

const seedStep = z.union([
  z.string().describe('SQL file in the Databricks dialect, run as the admin.'),
  z.strictObject({ table: z.string(), from: z.string().describe('CSV, JSON or Parquet file.') }),
]);

/** App resources in the platform's own form (docs: Apps API, AppResource). */
const resource = z.strictObject({
  name: z.string().min(2).max(30),
  description: z.string().optional(),
  sql_warehouse: z
    .strictObject({
      id: z.string(),
      permission: z.enum(['CAN_MANAGE', 'CAN_USE', 'IS_OWNER']).default('CAN_USE'),
    })
    .optional(),
  secret: z
    .strictObject({
      scope: z.string(),
      key: z.string(),
      permission: z.enum(['READ', 'WRITE', 'MANAGE']).default('READ'),
    })
    .optional(),
  uc_securable: z
    .strictObject({
      securable_full_name: z.string(),
      securable_type: z.enum(['TABLE', 'VOLUME', 'FUNCTION', 'CONNECTION']),
      permission: z.enum(['SELECT', 'MODIFY', 'READ_VOLUME', 'WRITE_VOLUME', 'EXECUTE', 'USE_CONNECTION']),
    })
    .optional(),
  job: z.looseObject({ id: z.string() }).optional(),
  serving_endpoint: z.looseObject({ name: z.string() }).optional(),
  database: z.looseObject({ instance_name: z.string() }).optional(),
  postgres: z.looseObject({}).optional(),
  genie_space: z.looseObject({ space_id: z.string() }).optional(),
  experiment: z.looseObject({ experiment_id: z.string() }).optional(),
  app: z.looseObject({ name: z.string() }).optional(),
});

const permission = z
  .strictObject({
    user_name: z.string().optional(),
    group_name: z.string().optional(),
    service_principal_name: z.string().optional(),
    level: z.enum(['CAN_USE', 'CAN_MANAGE']),
  })
  .refine(
    (entry) =>
      [entry.user_name, entry.group_name, entry.service_principal_name].filter((value) => value !== undefined)
        .length === 1,
    'name exactly one of user_name, group_name, service_principal_name',
  );

const app = z.strictObject({
  source_code_path: z.string().default('.'),
  description: z.string().optional(),
  user_api_scopes: scopeList.default([]),
  resources: z.array(resource).default([]),
  permissions: z.array(permission).default([]),
});

const allowedHost = z.union([
  z.strictObject({ stub: z.string().describe('Folder of canned answers.') }),
  z.strictObject({ pass_through: z.literal(true) }),
  z.strictObject({}).describe('Declared; answered by nobody in the sandbox.'),
]);

const egress = z.strictObject({
  policy: z.string().default('declared_only').describe('deny_all, declared_only, open, or a JSON file.'),
  mode: z.enum(['auto', 'strict', 'cooperative']).default('auto'),
  dns_failure: z.enum(['SERVFAIL', 'NXDOMAIN', 'REFUSED']).default('SERVFAIL'),
  allowed: z.record(z.string(), allowedHost).default({}),
});

/** `brickbox.yaml`. Unknown keys are errors. */
export const configSchema = z.strictObject({
  personas: z.record(name, persona).default({}),
  service_principals: z.record(name, servicePrincipal).default({}),
  seed: z.array(seedStep).default([]),
  secrets: z.record(name, z.record(name, secretValue)).default({}),
  apps: z
    .record(
      z.string().regex(/^[a-z0-9-]{2,30}$/, 'lower-case letters, digits and -, 2 to 30 characters'),
      app,
    )
    .default({}),
  egress: egress.prefault({}),
  gateway: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Named switches and limits of the gateway.'),
  sql: z
    .strictObject({
      large_tables: z.enum(['refuse', 'rewrite']).default('refuse'),
      time_zone: z.string().default('UTC'),
    })
    .prefault({}),
  fail_on: z.enum(['info', 'warning', 'leak', 'never']).default('leak'),
  loosen: z.array(z.string()).default([]),
});

/** A validated configuration with all defaults filled in. */
export type Config = z.output<typeof configSchema>;
/** What a user may write. */
export type ConfigInput = z.input<typeof configSchema>;
export type AppConfig = Config['apps'][string];
export type AppResource = AppConfig['resources'][number];
