import { type AppConfig, kindOf, resourceLines } from '../config/index.ts';
import { BrickboxError } from '../core/index.ts';

/** Where values of resources come from. */
export interface ResourcePorts {
  /** Id of the warehouse a resource names (`default` in brickbox.yaml). */
  warehouseId(id: string): string;
  /** Value of a secret, or undefined when there is none. */
  secret(scope: string, key: string): string | undefined;
}

/**
 * What `valueFrom: KEY` gives (docs: Apps, environment variables, the valueFrom column).
 * @throws BrickboxError APP_RESOURCE_UNKNOWN, APP_RESOURCE_UNSUPPORTED (names the type), APP_SECRET_MISSING.
 */
export function createResourceResolver(
  appName: string,
  app: AppConfig,
  ports: ResourcePorts,
): (key: string) => string {
  return (key) => {
    const resource = app.resources.find((one) => one.name === key);
    if (!resource) {
      throw new BrickboxError('APP_RESOURCE_UNKNOWN', `The app ${appName} has no resource ${key}.`, {
        fix: `Add to brickbox.yaml:\n${resourceLines(appName, app.source_code_path, key)}`,
      });
    }
    if (resource.sql_warehouse) return ports.warehouseId(resource.sql_warehouse.id);
    if (resource.uc_securable?.securable_type === 'TABLE') return resource.uc_securable.securable_full_name;
    if (resource.app) return resource.app.name;
    const { secret } = resource;
    if (!secret) {
      throw new BrickboxError(
        'APP_RESOURCE_UNSUPPORTED',
        `The resource ${key} of ${appName} is a ${kindOf(resource)}; Brickbox cannot give its value yet.`,
        { fix: 'Set the variable with value: in app.yaml for now, or remove the valueFrom.' },
      );
    }
    const value = ports.secret(secret.scope, secret.key);
    if (value !== undefined) return value;
    throw new BrickboxError(
      'APP_SECRET_MISSING',
      `The resource ${key} of ${appName} needs the secret ${secret.scope}/${secret.key}, which does not exist.`,
      { fix: 'Declare it under secrets: in brickbox.yaml.' },
    );
  };
}
