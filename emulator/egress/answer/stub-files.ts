import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/**
 * Canned answers of one host, read at each request so that edits count at once. A folder holds
 *
 *   stub.yaml                  routes with status, headers and body, first match wins
 *   GET/v1/rates.json          answers GET /v1/rates and GET /v1/rates.json with 200
 *   GET/index.html             answers GET /
 *
 * The query string is ignored unless a route names it.
 */
export interface StubAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const routeSchema = z.strictObject({
  method: z.string().default('GET'),
  path: z.string().startsWith('/').describe('Exact, or ending in * for everything below.'),
  query: z.record(z.string(), z.string()).default({}),
  status: z.number().int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
  json: z.unknown().optional(),
  text: z.string().optional(),
  file: z.string().optional(),
});

const stubSchema = z.strictObject({ routes: z.array(routeSchema) });
type Route = z.output<typeof routeSchema>;

const types: Record<string, string> = {
  '.json': 'application/json',
  '.html': 'text/html; charset=utf-8',
  '.xml': 'application/xml',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** The answer to `method url`, or undefined. @throws Error when stub.yaml cannot be read. */
export function findStub(folder: string, method: string, url: string): StubAnswer | undefined {
  const { pathname, searchParams } = new URL(url, 'http://stub.invalid');
  const verb = method === 'HEAD' ? 'GET' : method;
  const route = readRoutes(folder).find((candidate) => routeMatches(candidate, verb, pathname, searchParams));
  if (route) return answerOf(route, folder);
  const file = findFile(folder, verb, pathname);
  return file === undefined ? undefined : fileAnswer(file, 200, {});
}

/** What to create so that the request gets an answer. */
export function missingStubFix(method: string, url: string): string {
  const { pathname } = new URL(url, 'http://stub.invalid');
  const path = pathname.endsWith('/') ? `${pathname}index` : pathname;
  return `Add ${method === 'HEAD' ? 'GET' : method}${path}${extname(path) ? '' : '.json'} or a route in stub.yaml.`;
}

function readRoutes(folder: string): Route[] {
  const file = join(folder, 'stub.yaml');
  if (!existsSync(file)) return [];
  const parsed = stubSchema.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`stub.yaml is not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data.routes;
}

function routeMatches(route: Route, method: string, path: string, query: URLSearchParams): boolean {
  if (route.method.toUpperCase() !== method) return false;
  const fits = route.path.endsWith('*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path;
  return fits && Object.entries(route.query).every(([name, value]) => query.get(name) === value);
}

function answerOf(route: Route, folder: string): StubAnswer {
  const headers = lowerCased(route.headers);
  if (route.file !== undefined) {
    const file = inside(folder, route.file);
    if (!file || !existsSync(file))
      throw new Error(`stub.yaml names ${route.file}, which is not in the folder`);
    return fileAnswer(file, route.status, headers);
  }
  if (route.json !== undefined) {
    const body = Buffer.from(JSON.stringify(route.json));
    return { status: route.status, headers: { 'content-type': 'application/json', ...headers }, body };
  }
  const type = 'text/plain; charset=utf-8';
  return {
    status: route.status,
    headers: { 'content-type': type, ...headers },
    body: Buffer.from(route.text ?? ''),
  };
}

function findFile(folder: string, method: string, pathname: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const base = inside(folder, join(method, path));
  if (!base) return undefined;
  const bare = base.endsWith(sep) ? base.slice(0, -1) : base;
  const names = [bare, join(bare, 'index')];
  const candidates = names.flatMap((name) => [name, ...Object.keys(types).map((ending) => name + ending)]);
  return candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

/** The path below `folder`, or undefined when it would leave it. */
function inside(folder: string, path: string): string | undefined {
  const full = normalize(join(folder, path));
  return !path.includes('\0') && full.startsWith(folder + sep) ? full : undefined;
}

function fileAnswer(file: string, status: number, headers: Record<string, string>): StubAnswer {
  const type = types[extname(file)] ?? 'application/octet-stream';
  return { status, headers: { 'content-type': type, ...headers }, body: readFileSync(file) };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
