import type { SqlSession } from '../../../sql/index.ts';
import type { ThriftStruct } from '../codec/index.ts';
import { identifier } from '../handles.ts';
import { getInfo as getInfoRequest, onSession, openSession as openRequest } from '../requests.ts';
import type { CallContext } from '../service.ts';
import { success } from '../status.ts';

/** SPARK_CLI_SERVICE_PROTOCOL_V8, what the service answers to every driver (recorded). */
export const serverProtocol = 42248;

export function openSession(request: ThriftStruct, { caller, target, parts }: CallContext): ThriftStruct {
  const { initialNamespace = {}, configuration = {} } = openRequest.parse(request);
  const sql = sessionOf(parts.defaults(), initialNamespace, configuration);
  const session = parts.sessions.open(caller, target, sql, configuration);
  return {
    status: success,
    serverProtocolVersion: serverProtocol,
    sessionHandle: { sessionId: identifier(session.handle), serverProtocolVersion: serverProtocol },
    configuration: {},
    initialNamespace: { catalogName: sql.catalog, schemaName: sql.schema },
    canUseMultipleCatalogs: true,
  };
}

/**
 * The first catalog and schema as the driver asks for them, in lower case. JDBC names `SPARK`, an old alias, when it
 * was given none (recorded). A catalog alone starts in its schema `default`.
 */
function sessionOf(
  defaults: SqlSession,
  {
    catalogName = '',
    schemaName = '',
  }: { catalogName?: string | undefined; schemaName?: string | undefined },
  configuration: Record<string, string>,
): SqlSession {
  const catalog = /^(?:spark)?$/i.test(catalogName) ? undefined : catalogName.toLowerCase();
  const schema = schemaName === '' ? undefined : schemaName.toLowerCase();
  const zone = Object.entries(configuration).find(([key]) =>
    /^(?:timezone|spark\.sql\.session\.timezone)$/i.test(key),
  );
  return {
    ...defaults,
    ...(catalog === undefined ? {} : { catalog, schema: 'default' }),
    ...(schema === undefined ? {} : { schema }),
    ...(zone === undefined ? {} : { timeZone: zone[1] }),
  };
}

export function closeSession(request: ThriftStruct, { caller, target, parts }: CallContext): ThriftStruct {
  const { sessionHandle } = onSession.parse(request);
  parts.sessions.close(parts.sessions.find(sessionHandle.sessionId, caller, target));
  return { status: success };
}

/** Values by TGetInfoType; the texts are those of the service (code: databricks-sql-nodejs). Others are empty. */
const infos: Readonly<Record<number, ThriftStruct>> = {
  13: { stringValue: 'Spark SQL' },
  17: { stringValue: 'Spark SQL' },
  18: { stringValue: '3.1.1' },
  29: { stringValue: '`' },
};

export function getInfo(request: ThriftStruct, { caller, target, parts }: CallContext): ThriftStruct {
  const { sessionHandle, infoType } = getInfoRequest.parse(request);
  parts.sessions.find(sessionHandle.sessionId, caller, target);
  return { status: success, infoValue: infos[infoType] ?? { stringValue: '' } };
}
