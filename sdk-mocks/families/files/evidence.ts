/** Tests that show this family. */
export const evidence = [
  'sdk-mocks/families/files/files.unit.test.ts',
  'sdk-mocks/families/files/files.client.test.ts',
  'test/conformance/files-python.client.test.ts',
];
