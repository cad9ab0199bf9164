import { isRecord, recordOf, valueAt } from './plain-object.ts';

/** A reference that could not be replaced. */
export interface Unresolved {
  /** Dotted path of the field, for example `apps.orders.resources.0.secret.scope`. */
  field: string;
  /** Without `${` and `}`. */
  reference: string;
  why: string;
}

/** Where the values of references come from. */
export interface Scope {
  /** The merged bundle. */
  root: Record<string, unknown>;
  /** Replacements that are not written in the bundle, such as `bundle.target`. */
  known: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string | undefined>>;
}

const pattern = /\$\{([A-Za-z_][A-Za-z0-9_.[\]-]*)\}/g;
const maxDepth = 10;

/**
 * Replaces `${var.x}`, `${bundle.x}` and references to other literal fields of the bundle (docs: bundles,
 * substitutions). What needs a workspace (`${resources.jobs.x.id}`, lookups) stays and is reported.
 */
export function interpolate(value: unknown, field: string, scope: Scope, missed: Unresolved[]): unknown {
  return walk(value, field, scope, missed, 0);
}

function walk(value: unknown, field: string, scope: Scope, missed: Unresolved[], depth: number): unknown {
  if (typeof value === 'string') return replaceIn(value, field, scope, missed, depth);
  if (Array.isArray(value)) {
    return value.map((item, index) => walk(item, `${field}.${index}`, scope, missed, depth));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, walk(item, `${field}.${key}`, scope, missed, depth)]),
  );
}

function replaceIn(text: string, field: string, scope: Scope, missed: Unresolved[], depth: number): unknown {
  const find = (reference: string): unknown => {
    const found = depth < maxDepth ? lookUp(reference, scope) : { why: 'it refers to itself' };
    if ('why' in found) {
      missed.push({ field, reference, why: found.why });
      return undefined;
    }
    return walk(found.value, field, scope, missed, depth + 1);
  };
  const whole = /^\$\{([A-Za-z_][A-Za-z0-9_.[\]-]*)\}$/.exec(text);
  if (whole?.[1] !== undefined) return find(whole[1]) ?? text;
  return text.replace(pattern, (reference, path: string) => {
    const value = find(path);
    return value === undefined || typeof value === 'object' ? reference : String(value);
  });
}

function lookUp(reference: string, scope: Scope): { value: unknown } | { why: string } {
  const known = scope.known[reference];
  if (known !== undefined) return { value: known };
  const variable = /^(?:var\.([^.]+)|variables\.([^.]+)\.value)(\..+)?$/.exec(reference);
  if (variable) {
    const name = variable[1] ?? variable[2] ?? '';
    const found = variableValue(name, scope);
    if ('why' in found || variable[3] === undefined) return found;
    const inner = valueAt(found.value, variable[3].slice(1).split('.'));
    return inner === undefined ? { why: `the variable ${name} has no such field` } : { value: inner };
  }
  const value = valueAt(scope.root, reference.replaceAll('[', '.').replaceAll(']', '').split('.'));
  return value === undefined ? { why: 'only a workspace knows its value' } : { value };
}

function variableValue(name: string, scope: Scope): { value: unknown } | { why: string } {
  const fromEnv = scope.env[`BUNDLE_VAR_${name}`];
  if (fromEnv !== undefined) return { value: fromEnv };
  const declared = recordOf(scope.root['variables'])[name];
  if (declared === undefined) return { why: `the bundle declares no variable ${name}` };
  if (!isRecord(declared)) return { value: declared };
  if (declared['default'] !== undefined) return { value: declared['default'] };
  return {
    why:
      declared['lookup'] === undefined
        ? `the variable has no default; set BUNDLE_VAR_${name}`
        : `the variable is looked up in a workspace; set BUNDLE_VAR_${name}`,
  };
}
