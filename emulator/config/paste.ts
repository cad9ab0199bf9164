import type { AppResource } from './schema.ts';

/** The kind a resource key most likely stands for; the keys are those the platform's UI proposes (docs: app resources). */
const guesses: readonly [RegExp, (key: string) => string][] = [
  [/warehouse|sql/i, () => 'sql_warehouse: { id: default, permission: CAN_USE }'],
  [
    /volume/i,
    () =>
      'uc_securable: { securable_full_name: main.default.files, securable_type: VOLUME, permission: READ_VOLUME }',
  ],
  [
    /function/i,
    () =>
      'uc_securable: { securable_full_name: main.default.my_function, securable_type: FUNCTION, permission: EXECUTE }',
  ],
  [
    /connection/i,
    () =>
      'uc_securable: { securable_full_name: my_connection, securable_type: CONNECTION, permission: USE_CONNECTION }',
  ],
  [
    /table|index/i,
    () =>
      'uc_securable: { securable_full_name: main.default.my_table, securable_type: TABLE, permission: SELECT }',
  ],
  [/endpoint|model|serving/i, () => 'serving_endpoint: { name: my-endpoint, permission: CAN_QUERY }'],
  [/genie/i, () => 'genie_space: { space_id: my-space, permission: CAN_RUN }'],
  [/experiment/i, () => 'experiment: { experiment_id: "1", permission: CAN_READ }'],
  [/job/i, () => 'job: { id: "1", permission: CAN_MANAGE_RUN }'],
  [
    /postgres/i,
    () => 'postgres: { branch: projects/p/branches/main, database: projects/p/branches/main/databases/d }',
  ],
  [/database|lakebase/i, () => 'database: { instance_name: my-instance, database_name: my_database }'],
];

/** Lines that declare the resource `key` for `app` in brickbox.yaml. */
export function resourceLines(app: string, sourcePath: string, key: string): string {
  const kind = guesses.find(([pattern]) => pattern.test(key))?.[1](key);
  const resource = kind ?? `secret: { scope: ${app}, key: ${key}, permission: READ }`;
  const lines = [
    'apps:',
    `  ${app}:`,
    `    source_code_path: ${sourcePath}`,
    '    resources:',
    `      - { name: ${key}, ${resource} }`,
  ];
  if (kind === undefined) lines.push(secretLines(app, key));
  return lines.join('\n');
}

/** Lines that give a secret its value in brickbox.yaml. */
export function secretLines(scope: string, key: string): string {
  const variable = `${scope}_${key}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return ['secrets:', `  ${scope}:`, `    ${key}: { env: ${variable} }`].join('\n');
}

/** What a person would call a resource: its kind. */
export function kindOf(resource: AppResource): string {
  if (resource.uc_securable) return `uc_securable ${resource.uc_securable.securable_type}`;
  const { name: _name, description: _description, ...kinds } = resource;
  return Object.entries(kinds).find(([, value]) => value !== undefined)?.[0] ?? 'unknown';
}
