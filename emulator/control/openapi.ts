import { z } from 'zod';
import type { Route } from './define.ts';
import { errorBody } from './errors.ts';
import { routes } from './routes/index.ts';

type Json = Record<string, unknown>;

/** The contract of the control API (OpenAPI 3.1), made from the schemas the routes validate with. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operation(route);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Brickbox control API',
      version: '1',
      description: 'Drives one running sandbox. Served on 127.0.0.1 only, guarded by the token of the run.',
    },
    security: [{ run: [] }],
    paths,
    components: { securitySchemes: { run: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation(route: Route): Json {
  const input = z.toJSONSchema(route.input, { io: 'input' });
  const properties = input.properties ?? {};
  const required = new Set(input.required ?? []);
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  const asQuery = route.method === 'POST' ? [] : rest;
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] })),
    ...asQuery.map((name) => ({
      name,
      in: 'query',
      required: required.has(name),
      schema: properties[name],
    })),
  ];
  const open = Object.keys(properties).length === 0 && input.additionalProperties !== false;
  const hasBody = route.method === 'POST' && (rest.length > 0 || open);
  const body = {
    type: 'object',
    properties: Object.fromEntries(rest.map((name) => [name, properties[name]])),
    required: rest.filter((name) => required.has(name)),
    additionalProperties: open,
  };
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      '200': {
        description: 'Done.',
        content: {
          'application/json': { schema: withoutDialect(z.toJSONSchema(route.answer, { io: 'input' })) },
          ...(route.follow && { 'text/event-stream': { schema: { type: 'string' } } }),
        },
      },
      default: {
        description: 'Refused: what, why, and how to fix it.',
        content: {
          'application/json': { schema: withoutDialect(z.toJSONSchema(errorBody, { io: 'input' })) },
        },
      },
    },
  };
}

/** `POST /v1/clock/advance` becomes `post_clock_advance`. */
function operationId({ method, path }: Route): string {
  return [method.toLowerCase(), ...path.split('/').slice(2)].join('_').replace(/[{}]/g, '');
}

function withoutDialect(schema: Json): Json {
  const { $schema: _dialect, ...rest } = schema;
  return rest;
}
