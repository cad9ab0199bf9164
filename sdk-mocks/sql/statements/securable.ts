import { metastore, type SecurableRef } from '../../../emulator/policy/index.ts';
import { fullName, type ObjectName } from '../catalog/index.ts';
import type { NameParts, SecurableWord } from '../parser/index.ts';
import type { Parts } from './context.ts';
import {
  catalogNotFound,
  functionNotFound,
  relationNotFound,
  schemaNotFound,
  volumeNotFound,
} from './errors.ts';
import { type Actor, catalogRef, functionRef, type NameDefaults, schemaRef } from './names.ts';

/** Where a securable named in GRANT, SHOW GRANTS or ALTER ... OWNER sits; `object` is its row in the catalog. */
export interface Place {
  ref: SecurableRef;
  object?: {
    kind: 'catalog' | 'schema' | 'table' | 'view' | 'function' | 'volume';
    name: Partial<ObjectName>;
  };
}

/** @throws SqlError the platform's not-found error; USE on the containers is reported before that. */
export function locate(
  parts: Parts,
  given: { object: SecurableWord; name: NameParts },
  actor: Actor,
  defaults: NameDefaults,
): Place {
  const { catalog, policy, resolver } = parts;
  switch (given.object) {
    case 'METASTORE':
      return { ref: metastore };
    case 'CATALOG': {
      const name = given.name.join('.').toLowerCase();
      if (!catalog.hasCatalog(name) && !policy.securables.exists(catalogRef(name))) {
        // `samples` and `system` exist without a row: granting on them is refused by the policy itself.
        if (name !== 'samples' && name !== 'system') throw catalogNotFound(name);
      }
      return { ref: catalogRef(name), object: { kind: 'catalog', name: { catalog: name } } };
    }
    case 'SCHEMA': {
      const name = resolver.schemaName(given.name, defaults);
      if (!catalog.hasCatalog(name.catalog)) throw catalogNotFound(name.catalog);
      if (!catalog.hasSchema(name.catalog, name.schema) && name.schema !== 'information_schema') {
        resolver.openCatalog(actor, name.catalog);
        throw schemaNotFound(name.catalog, name.schema);
      }
      return { ref: schemaRef(name.catalog, name.schema), object: { kind: 'schema', name } };
    }
    default:
      return locateObject(parts, given.object, resolver.object(given.name, defaults), actor);
  }
}

function locateObject(
  { catalog, policy, resolver }: Parts,
  word: SecurableWord,
  name: ObjectName,
  actor: Actor,
): Place {
  const gone = (error: Error): Error => {
    if (!catalog.hasCatalog(name.catalog)) return catalogNotFound(name.catalog);
    resolver.openCatalog(actor, name.catalog);
    if (catalog.hasSchema(name.catalog, name.schema)) resolver.openSchema(actor, name.catalog, name.schema);
    return error;
  };
  if (word === 'VOLUME') {
    const ref: SecurableRef = { kind: 'VOLUME', name: fullName(name) };
    if (!policy.securables.exists(ref)) throw gone(volumeNotFound(name));
    return { ref, object: { kind: 'volume', name } };
  }
  if (word === 'FUNCTION') {
    if (!catalog.function(name)) throw gone(functionNotFound(name));
    return { ref: functionRef(name), object: { kind: 'function', name } };
  }
  const found = catalog.relation(name);
  if (!found) throw gone(relationNotFound(name));
  const ref: SecurableRef = { kind: found.kind === 'view' ? 'VIEW' : 'TABLE', name: fullName(name) };
  return { ref, object: { kind: found.kind, name } };
}
