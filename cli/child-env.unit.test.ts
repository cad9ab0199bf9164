import { expect, test } from 'vitest';
import { childEnv } from './child-env.ts';
import { chooseProfile, profilesText } from './profiles.ts';

const input = {
  inherited: {
    PATH: '/bin',
    HOME: '/home/me',
    DATABRICKS_HOST: 'https://real.cloud.databricks.com',
    DATABRICKS_TOKEN: 'a-real-token',
    DATABRICKS_CONFIG_PROFILE: 'prod',
    DATABRICKS_CLIENT_SECRET: 'a-real-secret',
    databricks_auth_type: 'oauth-m2m',
    BRICKBOX_APP_URL_OLD: 'http://127.0.0.1:9',
  },
  controlUrl: 'http://127.0.0.1:1',
  controlToken: 'secret',
  workspaceUrl: 'http://127.0.0.1:2',
  apps: [
    { name: 'orders', url: 'http://127.0.0.1:3' },
    { name: 'back-end', url: 'http://127.0.0.1:4' },
  ],
  configFile: '/somewhere/databrickscfg',
  profile: 'ana',
};

test('the environment of a command, whole', () => {
  expect(childEnv(input)).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    BRICKBOX_URL: 'http://127.0.0.1:1',
    BRICKBOX_TOKEN: 'secret',
    BRICKBOX_WORKSPACE_URL: 'http://127.0.0.1:2',
    BRICKBOX_APP_URL: 'http://127.0.0.1:3',
    BRICKBOX_APP_URL_ORDERS: 'http://127.0.0.1:3',
    BRICKBOX_APP_URL_BACK_END: 'http://127.0.0.1:4',
    DATABRICKS_HOST: 'http://127.0.0.1:2',
    DATABRICKS_CONFIG_FILE: '/somewhere/databrickscfg',
    DATABRICKS_CONFIG_PROFILE: 'ana',
  });
});

test('no inherited Databricks variable reaches a command, in any spelling', () => {
  const env = childEnv({ ...input, apps: [], profile: undefined });
  expect(Object.values(env).join(' ')).not.toContain('real');
  expect(Object.keys(env).filter((name) => /databricks/i.test(name))).toEqual([
    'DATABRICKS_HOST',
    'DATABRICKS_CONFIG_FILE',
  ]);
});

const profiles = ['admin', 'ana', 'app-ana', 'orders'].map((name) => ({
  name,
  host: 'http://127.0.0.1:2',
  token: `token-${name}`,
}));

test('the chosen profile is the default one', () => {
  expect(chooseProfile(profiles, {})).toBe('admin');
  expect(chooseProfile(profiles, { as: 'ana' })).toBe('ana');
  expect(chooseProfile(profiles, { asApp: 'ana' })).toBe('app-ana');
  expect(chooseProfile(profiles, { asApp: 'orders' })).toBe('orders');
  expect(chooseProfile(profiles, { as: 'nobody' })).toBeUndefined();
  const text = profilesText(profiles, 'ana');
  expect(text.startsWith('[DEFAULT]\nhost = http://127.0.0.1:2\ntoken = token-ana\n')).toBe(true);
  expect(text).toContain('\n[orders]\nhost = http://127.0.0.1:2\ntoken = token-orders\n');
});
