export { type Catalogue, createCatalogue } from './catalogue.ts';
export { extraOperations } from './extra-operations.ts';
