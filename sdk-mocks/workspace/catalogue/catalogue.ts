import { readFileSync } from 'node:fs';
import { extraOperations } from './extra-operations.ts';
import { matchTemplate } from './match.ts';

/** Wire name to type, `?` at the end marks an optional one; or the name of a type of `types.gen.json`. */
export type Shape = Readonly<Record<string, string>> | string;

/** One REST operation of the platform, as the official SDK names it. */
export interface CatalogueOperation {
  /** `<api>.<method>` in the SDK's own names. */
  id: string;
  method: string;
  /** `{name}` is one segment, `{name*}` the rest of the path with its leading slash. */
  path: string;
  /** Module of the SDK. */
  service: string;
  /** Other names of the same method and path. */
  aliases?: readonly string[];
  /** Forms that a `{name}` or `{parent}` of several segments takes, and which operation each is. `**`: any. */
  resources?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  body?: Shape;
  response?: Shape;
}

export interface Catalogue {
  operations(): readonly CatalogueOperation[];
  /** The operation a request means, with the id of the alias that fits its resource name best. */
  find(method: string, path: string): { id: string; operation: CatalogueOperation } | undefined;
}

/** Reads the generated file at first use: 0.3 MB that no request for a built operation needs. */
export function createCatalogue(): Catalogue {
  let loaded: readonly CatalogueOperation[] | undefined;
  const operations = () => {
    loaded ??= [...readOperations(), ...extraOperations];
    return loaded;
  };
  return {
    operations,
    find(method, path) {
      let best: { id: string; operation: CatalogueOperation; literals: number } | undefined;
      for (const operation of operations()) {
        if (operation.method !== method) continue;
        const match = matchTemplate(operation, path);
        if (match && match.literals > (best?.literals ?? -1)) best = { ...match, operation };
      }
      return best;
    },
  };
}

function readOperations(): CatalogueOperation[] {
  return JSON.parse(readFileSync(new URL('./operations.gen.json', import.meta.url), 'utf8'));
}
