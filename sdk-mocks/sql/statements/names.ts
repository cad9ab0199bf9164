import { SqlError } from '../../../emulator/core/index.ts';
import {
  type Caller,
  insufficientPermissions,
  type Policy,
  type Privilege,
  type SecurableRef,
} from '../../../emulator/policy/index.ts';
import {
  type Catalog,
  type FunctionInfo,
  fullName,
  type ObjectName,
  type RelationInfo,
} from '../catalog/index.ts';
import { catalogNotFound, functionNotFound, relationNotFound, schemaNotFound } from './errors.ts';

/** Whose rights count: the caller, or by name the definer of a view or function. */
export type Actor = Caller | string;

/** Defaults that names with fewer parts resolve with. */
export interface NameDefaults {
  catalog: string;
  schema: string;
}

/**
 * Names to objects, with the platform's order of checks: the catalog exists, USE CATALOG, the schema exists, USE
 * SCHEMA, the object exists; only then the privilege on it. So a hidden object answers 42501 and a missing one 42P01.
 */
export interface Resolver {
  /** Full name in lower case. @throws SqlError for more than three parts. */
  object(parts: readonly string[], defaults: NameDefaults): ObjectName;
  schemaName(parts: readonly string[], defaults: NameDefaults): { catalog: string; schema: string };
  /** @throws SqlError INSUFFICIENT_PERMISSIONS with its explanation. */
  require(actor: Actor, privilege: Privilege, ref: SecurableRef): void;
  may(actor: Actor, privilege: Privilege, ref: SecurableRef): boolean;
  openCatalog(actor: Actor, catalog: string): void;
  openSchema(actor: Actor, catalog: string, schema: string): void;
  /** A table or view that exists, with its containers passed; the privilege on it is still to be checked. */
  relation(actor: Actor, parts: readonly string[], defaults: NameDefaults): RelationInfo;
  function(actor: Actor, parts: readonly string[], defaults: NameDefaults): FunctionInfo;
}

export const tableRef = (name: ObjectName): SecurableRef => ({ kind: 'TABLE', name: fullName(name) });
export const volumeRef = (name: ObjectName): SecurableRef => ({ kind: 'VOLUME', name: fullName(name) });
export const functionRef = (name: ObjectName): SecurableRef => ({ kind: 'FUNCTION', name: fullName(name) });
export const schemaRef = (catalog: string, schema: string): SecurableRef => ({
  kind: 'SCHEMA',
  name: `${catalog}.${schema}`,
});
export const catalogRef = (catalog: string): SecurableRef => ({ kind: 'CATALOG', name: catalog });

export function createResolver(parts: { catalog: Catalog; policy: Policy }): Resolver {
  const { catalog, policy } = parts;
  const decide = (actor: Actor, privilege: Privilege, ref: SecurableRef) =>
    typeof actor === 'string'
      ? policy.authorizer.checkPrincipal(actor, privilege, ref)
      : policy.authorizer.check(actor, privilege, ref);

  const resolver: Resolver = {
    object(given, defaults) {
      const names = given.map((part) => part.toLowerCase());
      if (names.length > 3) throw tooManyParts(given);
      const [name = '', schema = defaults.schema, container = defaults.catalog] = names.reverse();
      return { catalog: container.toLowerCase(), schema: schema.toLowerCase(), name };
    },
    schemaName(given, defaults) {
      const names = given.map((part) => part.toLowerCase());
      if (names.length > 2) throw tooManyParts(given);
      const [schema = defaults.schema, container = defaults.catalog] = names.reverse();
      return { catalog: container.toLowerCase(), schema };
    },
    may: (actor, privilege, ref) => decide(actor, privilege, ref).allow,
    require(actor, privilege, ref) {
      const decision = decide(actor, privilege, ref);
      if (!decision.allow) throw insufficientPermissions(decision);
    },
    openCatalog(actor, name) {
      if (!catalog.hasCatalog(name)) throw catalogNotFound(name);
      resolver.require(actor, 'USE CATALOG', catalogRef(name));
    },
    openSchema(actor, container, schema) {
      resolver.openCatalog(actor, container);
      if (!catalog.hasSchema(container, schema)) throw schemaNotFound(container, schema);
      resolver.require(actor, 'USE SCHEMA', schemaRef(container, schema));
    },
    relation(actor, given, defaults) {
      const name = resolver.object(given, defaults);
      resolver.openCatalog(actor, name.catalog);
      if (!catalog.hasSchema(name.catalog, name.schema)) throw relationNotFound(name);
      resolver.openSchema(actor, name.catalog, name.schema);
      const found = catalog.relation(name);
      if (!found) throw relationNotFound(name);
      return found;
    },
    function(actor, given, defaults) {
      const name = resolver.object(given, defaults);
      resolver.openCatalog(actor, name.catalog);
      if (!catalog.hasSchema(name.catalog, name.schema)) throw functionNotFound(name);
      resolver.openSchema(actor, name.catalog, name.schema);
      const found = catalog.function(name);
      if (!found) throw functionNotFound(name);
      return found;
    },
  };
  return resolver;
}

function tooManyParts(parts: readonly string[]): SqlError {
  return new SqlError(
    'REQUIRES_SINGLE_PART_NAMESPACE',
    '42K05',
    `${parts.join('.')} has more name parts than an object of this kind can have.`,
  );
}
