import { ApiError } from '../../emulator/core/index.ts';
import type { Family, Operation } from './define.ts';

export interface Match {
  operation: Operation;
  family: Family;
  params: Readonly<Record<string, string>>;
}

interface Leaf {
  operation: Operation;
  family: Family;
  names: readonly string[];
}

interface Node {
  next: Map<string, Node>;
  any?: Node;
  leaves: Map<string, Leaf>;
  rest: Map<string, Leaf>;
}

/** Finds the built operation of a request. Literal segments win over parameters, parameters over the rest of a path. */
export interface Router {
  /** `path` without query, still percent-encoded. @throws ApiError 400 when a parameter is not valid percent-encoding. */
  match(method: string, path: string): Match | undefined;
}

/** @throws Error when two operations claim the same method and path: a defect of a family. */
export function createRouter(families: readonly Family[]): Router {
  const root = newNode();
  for (const family of families) for (const operation of family.operations) add(root, operation, family);
  return {
    match(method, path) {
      const segments = segmentsOf(path);
      const found: string[] = [];
      const leaf = walk(root, segments, 0, method, found) ?? headAsGet(root, segments, method, found);
      return leaf && { operation: leaf.operation, family: leaf.family, params: decode(leaf.names, found) };
    },
  };
}

/** Trailing slashes are accepted where clients send them: Statement Execution (code: databricks-jdbc). */
function segmentsOf(path: string): string[] {
  const trimmed = path.startsWith('/api/2.0/sql/') && path.endsWith('/') ? path.slice(0, -1) : path;
  return trimmed.split('/').slice(1);
}

function headAsGet(root: Node, segments: string[], method: string, found: string[]): Leaf | undefined {
  return method === 'HEAD' ? walk(root, segments, 0, 'GET', found) : undefined;
}

function add(root: Node, operation: Operation, family: Family): void {
  const names: string[] = [];
  let node = root;
  for (const segment of operation.path.split('/').slice(1)) {
    const name = /^\{(\w+)(\*?)\}$/.exec(segment);
    if (name?.[1] !== undefined) names.push(name[1]);
    if (name?.[2]) {
      claim(node.rest, operation, family, names);
      return;
    }
    node = name ? parameter(node) : literal(node, segment);
  }
  claim(node.leaves, operation, family, names);
}

function claim(leaves: Map<string, Leaf>, operation: Operation, family: Family, names: string[]): void {
  const taken = leaves.get(operation.method);
  if (taken) throw new Error(`${operation.id} and ${taken.operation.id} claim the same method and path.`);
  leaves.set(operation.method, { operation, family, names });
}

function literal(node: Node, segment: string): Node {
  let next = node.next.get(segment);
  if (!next) {
    next = newNode();
    node.next.set(segment, next);
  }
  return next;
}

function parameter(node: Node): Node {
  node.any ??= newNode();
  return node.any;
}

function newNode(): Node {
  return { next: new Map(), leaves: new Map(), rest: new Map() };
}

function walk(node: Node, segments: string[], at: number, method: string, found: string[]): Leaf | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.leaves.get(method);
  const next = node.next.get(segment);
  const leaf = next && walk(next, segments, at + 1, method, found);
  if (leaf) return leaf;
  if (node.any && segment !== '') {
    found.push(segment);
    const deeper = walk(node.any, segments, at + 1, method, found);
    if (deeper) return deeper;
    found.pop();
  }
  const rest = node.rest.get(method);
  if (rest) found.push(segments.slice(at).join('/'));
  return rest;
}

function decode(names: readonly string[], values: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  names.forEach((name, index) => {
    const value = values[index] ?? '';
    try {
      params[name] = decodeURIComponent(value);
    } catch {
      throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `The path has bad percent-encoding in '${value}'.`);
    }
  });
  return params;
}
