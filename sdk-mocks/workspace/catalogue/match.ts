import type { CatalogueOperation } from './catalogue.ts';

/**
 * Does the path fit the operation's template? `literals` counts the characters that are not parameters: of two
 * templates that fit, the one with more is meant.
 */
export function matchTemplate(
  operation: CatalogueOperation,
  path: string,
): { id: string; literals: number } | undefined {
  for (const [form, id] of Object.entries(operation.resources ?? {})) {
    const template = operation.path.replace(/\{(name|parent)\}/, form === '**' ? '{any*}' : form);
    const literals = templateFits(template, path);
    if (literals !== undefined) return { id, literals };
  }
  if (operation.resources) return undefined;
  const literals = templateFits(operation.path, path);
  return literals === undefined ? undefined : { id: operation.id, literals };
}

function templateFits(template: string, path: string): number | undefined {
  const parts = template.split(/(\{[^}]*\})/);
  let source = '';
  let literals = 0;
  for (const part of parts) {
    if (part.startsWith('{')) {
      source += part.endsWith('*}') ? '.+' : '[^/]+';
    } else {
      literals += part.length;
      source += part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    }
  }
  const first = parts[0] ?? '';
  if (!path.startsWith(first)) return undefined;
  return new RegExp(`^${source}$`).test(path) ? literals : undefined;
}
