import type { CatalogueOperation } from './catalogue.ts';

/** An operation that clients call although the SDK's service modules do not have it. */
export interface ExtraOperation extends CatalogueOperation {
  /** Who calls it: the public source. */
  source: string;
}

const filesMixin = 'code: databricks-sdk-py mixins/files.py';
const sea = 'code: databricks-jdbc, databricks-sql-python use_sea';
const drivers = 'code: databricks-sql-python, databricks-sql-nodejs, databricks-sql-go, databricks-jdbc';
const discovery = 'code: databricks-sdk-py, databricks-sdk-go, databricks-sdk-java';

function extra(
  id: string,
  line: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} ${string}`,
  service: string,
  source: string,
): ExtraOperation {
  const space = line.indexOf(' ');
  return { id, method: line.slice(0, space), path: line.slice(space + 1), service, source };
}

/** Kept by hand. What is in the generated catalogue must not be here (tested). */
export const extraOperations: readonly ExtraOperation[] = [
  extra('statement_execution.close_statement', 'DELETE /api/2.0/sql/statements/{statement_id}', 'sql', sea),
  extra('sql_sessions.create_session', 'POST /api/2.0/sql/sessions', 'sql', sea),
  extra('sql_sessions.delete_session', 'DELETE /api/2.0/sql/sessions/{session_id}', 'sql', sea),
  extra('files.create_download_url', 'POST /api/2.0/fs/create-download-url', 'files', filesMixin),
  extra('files.create_upload_part_urls', 'POST /api/2.0/fs/create-upload-part-urls', 'files', filesMixin),
  extra(
    'files.create_resumable_upload_url',
    'POST /api/2.0/fs/create-resumable-upload-url',
    'files',
    filesMixin,
  ),
  extra('files.create_abort_upload_url', 'POST /api/2.0/fs/create-abort-upload-url', 'files', filesMixin),
  extra('files.start_upload', 'POST /api/2.0/fs/files{file_path*}', 'files', filesMixin),
  extra(
    'connector_service.get_feature_flags',
    'GET /api/2.0/connector-service/feature-flags/{client}/{version}',
    'sql',
    drivers,
  ),
  extra('telemetry.report', 'POST /telemetry-ext', 'sql', drivers),
  extra('telemetry.report_anonymous', 'POST /telemetry-unauth', 'sql', drivers),
  extra('warehouse_thrift.call', 'POST /sql/1.0/warehouses/{warehouse_id}', 'sql', drivers),
  extra('cluster_thrift.call', 'POST /sql/protocolv1/o/{workspace_id}/{cluster_id}', 'sql', drivers),
  extra('discovery.get_host_metadata', 'GET /.well-known/databricks-config', 'oauth2', discovery),
  extra(
    'discovery.get_oauth_server',
    'GET /oidc/.well-known/oauth-authorization-server',
    'oauth2',
    discovery,
  ),
  extra(
    'discovery.get_openid_configuration',
    'GET /oidc/.well-known/openid-configuration',
    'oauth2',
    discovery,
  ),
  extra('oauth.authorize', 'GET /oidc/v1/authorize', 'oauth2', discovery),
  extra('oauth.token', 'POST /oidc/v1/token', 'oauth2', discovery),
  extra('oauth.keys', 'GET /oidc/jwks.json', 'oauth2', 'code: go-oidc in databricks-sql-go'),
  extra(
    'user_consent.get_me',
    'GET /api/2.0/oauth-app-integrations/{client_id}/user-consent/me',
    'oauth2',
    'field: databricks apps, consent',
  ),
  extra(
    'user_consent.delete_me',
    'DELETE /api/2.0/oauth-app-integrations/{client_id}/user-consent/me',
    'oauth2',
    'field: databricks apps, consent',
  ),
  extra('tokens.introspect', 'GET /api/2.0/tokens/introspect', 'oauth2', 'code: databricks cli, login'),
];
