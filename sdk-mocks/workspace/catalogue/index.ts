export { type Catalogue, type CatalogueOperation, createCatalogue, type Shape } from './catalogue.ts';
export { type ExtraOperation, extraOperations } from './extra-operations.ts';
