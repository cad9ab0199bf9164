/**
 * Who may import whom, by folder (docs/architecture.md). A key is a folder prefix; the longest match counts.
 * `type:` entries allow `import type` only. A folder may always import itself.
 */
export const importRules: Record<string, readonly string[]> = {
  'emulator/core': [],
  'emulator/config': ['emulator/core'],
  'emulator/state': ['emulator/core'],
  'emulator/journal': ['emulator/core'],
  'emulator/faults': ['emulator/core'],
  'emulator/tls': ['emulator/core'],
  'emulator/identity': ['emulator/core', 'emulator/state', 'emulator/journal'],
  'emulator/policy': ['emulator/core', 'emulator/state', 'emulator/journal', 'type:emulator/identity'],
  'emulator/gateway': [
    'emulator/core',
    'emulator/config',
    'emulator/identity',
    'emulator/policy',
    'emulator/journal',
    'emulator/faults',
    'emulator/tls',
  ],
  'emulator/egress': [
    'emulator/core',
    'emulator/config',
    'emulator/policy',
    'emulator/journal',
    'emulator/tls',
  ],
  'emulator/runtime': [
    'emulator/core',
    'emulator/config',
    'emulator/identity',
    'emulator/policy',
    'emulator/journal',
  ],
  'emulator/control': [
    'emulator/core',
    'emulator/journal',
    'type:emulator/faults',
    'type:emulator/sandbox-contract',
  ],
  'sdk-mocks/storage': ['emulator/core', 'emulator/state'],
  'sdk-mocks/sql': [
    'emulator/core',
    'emulator/state',
    'emulator/policy',
    'emulator/journal',
    'sdk-mocks/storage',
  ],
  'sdk-mocks/workspace': [
    'emulator/core',
    'type:emulator/state',
    'emulator/identity',
    'emulator/policy',
    'sdk-mocks/sql',
    'emulator/journal',
    'emulator/faults',
    'emulator/tls',
    'sdk-mocks/families/families.gen.ts',
  ],
  'sdk-mocks/protocols': [
    'emulator/core',
    'emulator/identity',
    'emulator/policy',
    'sdk-mocks/sql',
    'emulator/journal',
    'emulator/faults',
    'emulator/tls',
  ],
  // Encoders of results, shared by the wire protocols and the Statement Execution API.
  'sdk-mocks/protocols/results': ['emulator/core', 'sdk-mocks/sql'],
  'sdk-mocks/families': [
    'sdk-mocks/protocols/results',
    'emulator/core',
    'emulator/state',
    'emulator/policy',
    'sdk-mocks/sql',
    'sdk-mocks/storage',
    'type:emulator/identity',
    'sdk-mocks/workspace',
  ],
  'emulator/sandbox-contract.ts': [
    'type:emulator/config',
    'type:emulator/core',
    'type:emulator/egress',
    'type:emulator/faults',
    'type:emulator/journal',
    'type:emulator/runtime',
    'type:sdk-mocks/sql',
  ],
  'emulator/sandbox': ['emulator', 'sdk-mocks'],
  'emulator/index.ts': ['emulator', 'sdk-mocks'],
  cli: ['emulator/index.ts', 'emulator/core'],
  // Scripts of the repository, not part of the package.
  'cli/scripts': ['emulator', 'sdk-mocks', 'cli', 'test', 'docs'],
  'test/kit': ['emulator/index.ts'],
};

/** Not part of the package: may enter where they need. */
export const exempt: readonly string[] = ['cli/scripts'];

/** Folders whose inside is private: others come in through `index.ts` (or the file named here). */
export const doors: Record<string, readonly string[]> = {
  'sdk-mocks/workspace': ['index.ts', 'ports.ts'],
  'sdk-mocks/protocols': ['index.ts', 'results/index.ts'],
  'emulator/sandbox': [
    'actors.ts',
    'apps.ts',
    'chapters.ts',
    'control.ts',
    'coverage.ts',
    'gate.ts',
    'people.ts',
    'ports.ts',
    'protocols.ts',
    'seed.ts',
    'world.ts',
  ],
};
