/** Tests that show this family. */
export const evidence = [
  'sdk-mocks/families/unity-catalog/unity-catalog.unit.test.ts',
  'sdk-mocks/families/unity-catalog/unity-catalog.client.test.ts',
];
