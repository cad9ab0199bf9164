/** What a User-Agent says about a client. Each part is null when it says nothing. */
export interface ClientInfo {
  /** First product that is neither an SDK nor part of the platform, as `Name/1.2.3`. */
  product: string | null;
  /** Attribution of a partner: `<isv-name>_<product-name>/<version>`, else what follows `partner/`. */
  partner: string | null;
  /** SDK or driver, as `databricks-sdk-py/0.133.0`. */
  sdk: string | null;
  /** How the client thinks it signed in, for example `pat`. A forwarded user token shows up as `pat`. */
  auth: string | null;
}

/** docs: Partner Well-Architected Framework, telemetry attribution. */
const attribution = /(?:^|[ (;])([A-Za-z0-9.+-]+_[A-Za-z0-9_.+-]+\/[^\s);]+)/;
const sdk =
  /^(?:databricks-sdk-[a-z]+|PyDatabricksSqlConnector|NodejsDatabricksSqlConnector|godatabrickssqlconnector|DatabricksJDBCDriver\w*|databricks-jdbc-http|sdk-js-[a-z]+|sdk-go-core)$/;
/** Segments that describe the machine or the call (code: useragent modules of the SDKs). */
const surroundings = new Set(
  (
    'python go jvm nodejs node os auth partner upstream upstream-version runtime cicd agent meta-harness ' +
    'sdk-feature sdk-js-auth cmd cmd-exec-id Java unknown'
  ).split(' '),
);

/** Reads a User-Agent header of any of the official clients, or of anything else (reference identity-auth 10). */
export function parseUserAgent(header: string): ClientInfo {
  const found: ClientInfo = { product: null, partner: null, sdk: null, auth: null };
  found.partner = attribution.exec(header)?.[1] ?? null;
  for (const [segment, name = '', value = ''] of header.matchAll(/([^\s();/]+)\/([^\s();]+)/g)) {
    if (name === 'auth' || name === 'sdk-js-auth') {
      if (name === 'auth' && value !== 'undefined') found.auth ??= value;
    } else if (name === 'partner') found.partner ??= value;
    else if (sdk.test(name)) found.sdk ??= segment;
    else if (!surroundings.has(name)) found.product ??= segment;
  }
  return found;
}

/**
 * Whether a call should carry a partner's attribution: it says so itself when its SDK has not made up its mind
 * yet (code: the JavaScript SDK's first call is `auth/undefined`).
 */
export function expectsAttribution(header: string): boolean {
  return !/(?:^| )auth\/undefined(?: |$)/.test(header);
}
