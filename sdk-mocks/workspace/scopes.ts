/**
 * Other names of a scope, both directions (field: scope names of the app picker over time; reference apps-platform 2.2).
 */
const sameAs: readonly (readonly [string, string])[] = [
  ['files', 'files.files'],
  ['model-serving', 'serving.serving-endpoints'],
  ['genie', 'dashboards.genie'],
  ['vector-search', 'vectorsearch.vector-search-indexes'],
  ['vector-search', 'vectorsearch.vector-search-endpoints'],
];

/**
 * The granted scope that satisfies one of the required ones, or null. A parent satisfies its children at a dot or
 * a colon; `all-apis` satisfies everything (code: databricks/app-templates; field).
 */
export function satisfyingScope(granted: readonly string[], required: readonly string[]): string | null {
  for (const wanted of required) {
    for (const scope of granted) if (satisfies(scope, wanted)) return scope;
  }
  return null;
}

function satisfies(granted: string, wanted: string): boolean {
  if (granted === 'all-apis' || covers(granted, wanted)) return true;
  return sameAs.some(
    ([one, other]) =>
      (granted === one && covers(other, wanted)) || (granted === other && covers(one, wanted)),
  );
}

function covers(parent: string, child: string): boolean {
  return child === parent || child.startsWith(`${parent}.`) || child.startsWith(`${parent}:`);
}
